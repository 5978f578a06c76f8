"""Trains a pipeline apart and parses sentences with it: `python -m nlu.trial CONFIG FOLDER SHARE`.

Of the tree's examples every SHARE-th is learned from: 1 is all of them. Sentences come as lines of JSON
strings; each goes out as a line of JSON: what Rasa understands, and the milliseconds it took. For
comparisons; the product itself is trained by nlu/train.py.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main(config: str, folder: str, share: str = "1") -> None:
    """Train on examples of this tree, then answer the sentences on standard input."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(Path(folder) / "cache"))
    out, sys.stdout = sys.stdout, sys.stderr  # Rasa prints while it trains
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    # Rasa's order differs from process to process; each pipeline is to learn the same ones.
    found = sorted(load_data("nlu/understanding").training_examples, key=_text)
    examples = found[:: int(share)]
    learned = Path(folder) / "learned.yml"
    learned.write_text(TrainingData(examples).nlu_as_yaml(), encoding="utf-8")
    started = time.monotonic()
    model = train_nlu(config, str(learned), folder)
    took = time.monotonic() - started
    agent = Agent.load(model)
    told = {"seconds": round(took, 1), "examples": len(examples)}
    print(json.dumps(told), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(asyncio.run(_parse(agent, json.loads(line)))), file=out, flush=True)


def _text(example: Any) -> str:
    return str(example.get("text") or "")


async def _parse(agent: Any, text: str) -> dict[str, Any]:
    started = time.perf_counter()
    said = dict(await agent.parse_message(text))
    took = (time.perf_counter() - started) * 1000
    return {"intent": said["intent"], "entities": said["entities"], "ms": round(took, 2)}


if __name__ == "__main__":
    main(*sys.argv[1:4])
