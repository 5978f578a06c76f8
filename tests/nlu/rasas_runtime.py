"""Runs a piece of code in runtime two, where Rasa lives."""

import subprocess

from bot.launch import NLU_PYTHON, python_path
from bot.settings import ROOT


def run(code: str) -> subprocess.CompletedProcess[str]:
    """The code, run by Rasa's Python in the project's folder."""
    return subprocess.run(
        [str(NLU_PYTHON), "-W", "ignore", "-c", code],
        cwd=ROOT, env=python_path(), capture_output=True, text=True,
    )  # fmt: skip
