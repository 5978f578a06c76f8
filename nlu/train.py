"""Trains the model, or finds the one that is trained: `python -m nlu.train FOLDER` prints its path.

The name of a model holds the hash of all that goes into it, so an unchanged tree trains once.
"""

import hashlib
import logging
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOES_IN = (
    "config.yml", "domain.yml", "nlu/uv.lock", "nlu/train.py", "nlu/fast_training.py", "nlu/lean_start.py",
    "nlu/understanding/**/*.yml",
    "nlu/dialogue/*.yml", "nlu/dictionary/*", "nlu/components/*.py", "bot/reading/*.py",
    "bot/library/district.yml",
)  # fmt: skip


def fingerprint() -> str:
    """Twelve hex digits over every file that goes into the model."""
    digest = hashlib.sha256()
    for pattern in GOES_IN:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def train(folder: Path) -> Path:
    """The path of the model for this tree, trained now if it is not in `folder` yet."""
    name = f"district-{fingerprint()}.tar.gz"
    model = folder / name
    if not model.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _train_anew(folder, name)
    return model


def _train_anew(folder: Path, name: str) -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(folder / "cache"))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import structlog

    from nlu import lean_start

    lean_start.install()
    # Else Rasa tells each rule that it learns, page after page.
    warnings_only = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=warnings_only)
    import rasa

    from nlu import fast_training

    fast_training.install()
    result = rasa.train(
        domain="domain.yml",
        config="config.yml",
        training_files=["nlu/understanding", "nlu/dialogue"],
        output=str(folder),
        fixed_model_name=name,
        force_training=True,
    )
    if result.code != 0:
        raise SystemExit(f"training ended with code {result.code}: see the messages above")


if __name__ == "__main__":
    sys.stdout = sys.stderr  # Rasa prints while it trains; the path alone goes to stdout
    path = train(Path(sys.argv[1]))
    print(path, file=sys.__stdout__)
