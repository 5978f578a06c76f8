"""Rasa as its documents start it: its Chinese pipeline with DIET, `rasa run`, none of our adaptations."""

import functools
import os
import subprocess
from pathlib import Path

from bench.stack import ACTION_SERVER
from bot.launch import NLU_PYTHON, python_path, say
from bot.settings import ROOT, Settings

SHARE, EPOCHS = (os.environ.get(name, usual) for name, usual in (("STOCK_SHARE", "64"), ("STOCK_EPOCHS", "20")))  # fmt: skip


@functools.cache
def model() -> Path:
    """The path of the stock model of this tree, trained first where it is not yet (minutes).

    Of our examples every SHARE-th is learned: how fast it runs and what it holds does not come from
    how well it understands, and a larger share would only make it larger.
    """
    say("looking for the stock model (a first training takes minutes)")
    folder = ROOT / "var" / "models"
    command = [
        str(NLU_PYTHON),
        "-W",
        "ignore",
        "-m",
        "bench.stock_training",
        str(folder),
        SHARE,
        EPOCHS,
    ]
    done = subprocess.run(command, cwd=ROOT, env=python_path(), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"the stock model is not trained: it ended with {done.returncode}")
    return Path(done.stdout.strip().splitlines()[-1])


def commands(settings: Settings) -> dict[str, list[str]]:
    """Our action server, and Rasa with its own defaults: trackers and locks in memory, one worker."""
    rasa = [
        str(NLU_PYTHON), "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1",
        "--port", str(settings.rasa_port), "--model", str(model()),
        "--endpoints", "bench/stock_endpoints.yml", "--credentials", "nlu/credentials.yml",
    ]  # fmt: skip
    return {**ACTION_SERVER, "rasa": rasa}
