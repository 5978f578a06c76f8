"""One interpreter of runtime two for all tests of the pipeline's parts: importing Rasa takes some seconds."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from bot.launch import NLU_PYTHON, python_path
from bot.settings import ROOT

LOOP = """
import json, sys, traceback
from nlu import lean_start
lean_start.install()
for line in sys.stdin:
    try:
        exec(json.loads(line), {})
        error = ""
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps(error), flush=True)
"""

RunsInRasa = Callable[[str], str]


@pytest.fixture(scope="session")
def rasa_python() -> Iterator[RunsInRasa]:
    """Runs code in Rasa's interpreter and gives the traceback, or "" where there is none."""
    process = subprocess.Popen(
        [str(NLU_PYTHON), "-W", "ignore", "-c", LOOP],
        cwd=ROOT, env=python_path(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout

    def run(code: str) -> str:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        return str(json.loads(process.stdout.readline()))

    yield run
    process.stdin.close()
    process.wait(timeout=10)
