"""Runs a piece of code in runtime two, where Rasa lives."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bot.launch import NLU_PYTHON, python_path
from bot.settings import ROOT

# Rasa is imported once; each piece of code runs in a child of its own, which nothing before has touched.
_FORKING = """
import json, os, sys, tempfile, traceback
from nlu import lean_start
lean_start.install()
import rasa.core.agent, rasa.core.processor, rasa.engine.training.hooks

def run(code, errors):
    try:
        exec(code, {"__name__": "__main__"})
        return 0
    except BaseException:
        traceback.print_exc(file=errors)
        return 1

for line in sys.stdin:
    with tempfile.TemporaryFile("w+") as errors:
        child = os.fork()
        if not child:
            os.dup2(errors.fileno(), 1)  # Rasa prints: what is said to the test goes by this way
            os.dup2(errors.fileno(), 2)
            code = run(json.loads(line), errors)
            errors.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        errors.seek(0)
        print(json.dumps([code, errors.read()]), flush=True)
"""


class Done(NamedTuple):
    """How a piece of code ended."""

    returncode: int
    stderr: str


class Forking:
    """An interpreter that has imported Rasa without TensorFlow."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin and process.stdout
        self._to, self._from = process.stdin, process.stdout

    def run(self, code: str) -> Done:
        """The code, run in a child of the interpreter."""
        self._to.write(json.dumps(code) + "\n")
        self._to.flush()
        return Done(*json.loads(self._from.readline()))


@contextmanager
def started(loop: str) -> Iterator["subprocess.Popen[str]"]:
    """Rasa's Python in the project's folder with such a loop over its standard input, ended behind it."""
    process = subprocess.Popen(
        [str(NLU_PYTHON), "-W", "ignore", "-c", loop],
        cwd=ROOT, env=python_path(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=10)


@contextmanager
def forking() -> Iterator[Forking]:
    """An interpreter that forks for each piece of code."""
    with started(_FORKING) as process:
        yield Forking(process)


def run(code: str) -> "subprocess.CompletedProcess[str]":
    """The code, run by Rasa's Python alone, with nothing imported before it."""
    return subprocess.run(
        [str(NLU_PYTHON), "-W", "ignore", "-c", code],
        cwd=ROOT, env=python_path(), capture_output=True, text=True,
    )  # fmt: skip
