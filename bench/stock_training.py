"""Trains the stock model in Rasa's runtime: `python -m bench.stock_training FOLDER SHARE EPOCHS` prints its path.

Same domain and rules as ours, of our examples every SHARE-th, and the sentences of turns.yml. A model is
named by a hash of all that goes into it, so that it is trained once.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from nlu.train import ROOT, fingerprint

PIPELINE = ROOT / "bench" / "pipelines" / "diet.yml"
TALKS = ROOT / "bench" / "turns.yml"


def main(folder: Path, share: str, epochs: str) -> Path:
    """The path of the model, trained now where it is not in `folder` yet."""
    digest = hashlib.sha256(f"{fingerprint()} {share} {epochs}".encode())
    for path in (PIPELINE, TALKS, Path(__file__)):
        digest.update(path.read_bytes())
    name = f"stock-{digest.hexdigest()[:12]}.tar.gz"
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            train(folder, name, Path(scratch), int(share), int(epochs))
    return folder / name


def train(folder: Path, name: str, scratch: Path, share: int, epochs: int) -> None:
    """Train on a share of this tree. Ends with the code of a training that failed."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ["RASA_CACHE_DIRECTORY"] = str(scratch / "cache")
    import rasa
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    found = sorted(load_data("nlu/understanding").training_examples, key=_text)
    learned, said, config = (scratch / one for one in ("learned.yml", "said.yml", "config.yml"))
    learned.write_text(TrainingData(found[::share]).nlu_as_yaml(), encoding="utf-8")
    said.write_text(yaml.safe_dump(sentences(), allow_unicode=True), encoding="utf-8")
    config.write_text(yaml.safe_dump(configuration(epochs)), encoding="utf-8")
    result = rasa.train(
        domain="domain.yml", config=str(config), output=str(folder), fixed_model_name=name,
        training_files=[str(learned), str(said), "nlu/dialogue"],
    )  # fmt: skip
    if result.code != 0:
        raise SystemExit(f"training ended with code {result.code}: see the messages above")


def _text(example: Any) -> str:
    return str(example.get("text") or "")


def configuration(epochs: int) -> dict[str, Any]:
    """The stock pipeline with our policies: the rules carry the dialogue on both sides."""
    stock = yaml.safe_load(PIPELINE.read_text(encoding="utf-8"))
    ours = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for part in stock["pipeline"]:
        if part["name"] == "DIETClassifier":
            part["epochs"] = epochs
    return {**stock, "policies": ours["policies"]}


def sentences() -> dict[str, Any]:
    """The sentences that will be said, in Rasa's form; payloads need no understanding."""
    by_intent: dict[str, list[str]] = {}
    for talk in yaml.safe_load(TALKS.read_text(encoding="utf-8")):
        for row in talk:
            if "intent" in row and row["text"] not in by_intent.get(row["intent"], ()):
                by_intent.setdefault(row["intent"], []).append(row["text"])
    listed = {name: "".join(f"- {one}\n" for one in texts) for name, texts in by_intent.items()}
    nlu = [{"intent": name, "examples": examples} for name, examples in listed.items()]
    return {"version": "3.1", "nlu": nlu}


if __name__ == "__main__":
    sys.stdout = sys.stderr  # Rasa prints while it trains; the path alone goes to stdout
    print(main(Path(sys.argv[1]), *sys.argv[2:4]), file=sys.__stdout__)
