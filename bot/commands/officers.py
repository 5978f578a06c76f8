"""The command that makes an officer's account, the first one too."""

import getpass
import sys
from datetime import UTC, datetime

from bot import database, launch, settings
from bot.casework import officers
from bot.library import load


def save(name: str, role: str) -> None:
    """Make an account, or give one a new role and password; ends with a message where that cannot be.

    The password is asked for twice, or read from a pipe: its first line.
    """
    said = load("desk")
    chosen = settings.get()
    launch.prepare(chosen)  # the first account is often made before the first start
    try:
        password = _password()
        with database.connect(chosen).begin() as session:
            officers.save(session, name, role, password, datetime.now(UTC))
    except officers.Refused as refusal:
        sys.exit(said["problems"][str(refusal)])
    launch.say(said["command"]["saved"].format(name=name, role=said["roles"][role]))


def close(name: str) -> None:
    """Let nobody in under this name any more."""
    said = load("desk")["command"]
    with database.connect(settings.get()).begin() as session:
        is_closed = officers.close(session, name, datetime.now(UTC))
    if not is_closed:
        sys.exit(said["unknown"].format(name=name))
    launch.say(said["closed"].format(name=name))


def _password() -> str:
    """What was typed twice, or the pipe's line. Raises officers.Refused where the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    said = load("desk")["command"]
    typed = getpass.getpass(said["ask"])
    if getpass.getpass(said["again"]) != typed:
        raise officers.Refused("different")
    return typed
