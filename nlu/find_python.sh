#!/bin/sh
# Prints the path of a Python 3.10 that works, for Rasa's runtime; says what to install where none does.
# A `python3.10` on the PATH may be a pyenv shim that fails outside its version, so each one is tried.
works() { [ -x "$1" ] && "$1" -c 'import sys, ssl, sqlite3; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; }

for candidate in "${PYTHON310:-}" "$(command -v python3.10 2>/dev/null)" \
    "${PYENV_ROOT:-$(pyenv root 2>/dev/null || echo "$HOME/.pyenv")}"/versions/3.10*/bin/python3.10 \
    "$(dirname "$(command -v pyenv || echo /none/none/none)")"/../versions/3.10*/bin/python3.10; do
    if works "$candidate"; then echo "$candidate"; exit 0; fi
done

if "${UV:-uv}" python install 3.10 >/dev/null 2>&1; then
    "${UV:-uv}" python find --managed-python 3.10 && exit 0
fi

cat >&2 <<'MESSAGE'
Python 3.10 was not found, and uv could not download it.
Rasa 3.6.21 needs it. Install one of these, then run the command again:
  pyenv install 3.10          (any system; https://github.com/pyenv/pyenv)
  apt-get install python3.10 python3.10-venv     (Ubuntu 22.04)
or name one: make run PYTHON310=/path/to/python3.10
MESSAGE
exit 1
