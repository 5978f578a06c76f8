"""One interpreter of runtime two for all tests of the pipeline's parts: importing Rasa takes some seconds."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.nlu import rasas_runtime

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
    with rasas_runtime.started(LOOP) as process:
        to, back = process.stdin, process.stdout
        assert to and back

        def run(code: str) -> str:
            to.write(json.dumps(code) + "\n")
            to.flush()
            return str(json.loads(back.readline()))

        yield run
