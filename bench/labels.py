"""`make bench-labels`: what is read of forty pictures of labels, by kind of damage. Measures one process."""

import io
import json
import resource
import subprocess
import sys
import time
from collections import Counter

from PIL import Image

from bench.label_pictures import Picture, pictures
from bot.casework import label_lines, labels
from bot.casework import pictures as copies
from bot.label_reading import Reader
from bot.settings import ROOT

LEAST_MODELS, LEAST_BARCODES = 0.85, 0.98


def main() -> None:
    """Print a table and, in the last line, JSON. Exits with 1 where fewer are read than asked for."""
    made = pictures()
    measured = one_process(made[0])  # first: a child's memory is counted from its parent's
    reader = Reader()
    models: Counter[str] = Counter()
    bars: Counter[str] = Counter()
    seconds: list[float] = []
    for one in made:
        began = time.process_time()
        model, barcode = read(reader, one)
        seconds.append(time.process_time() - began)
        models[one.damage] += model == one.model
        bars[one.damage] += barcode
        if model != one.model or not barcode:
            print(f"  wrong: {one.damage}: {one.model} read as {model}, barcode read: {barcode}")
    kinds = Counter(one.damage for one in made)
    print(f"{'damage':12} {'pictures':>8} {'models':>7} {'barcodes':>8}")
    for kind, count in kinds.items():
        print(f"{kind:12} {count:8} {models[kind]:7} {bars[kind]:8}")
    result = {
        "n": len(made), "models": models.total() / len(made), "barcodes": bars.total() / len(made),
        "cpu_seconds_warm": round(sorted(seconds)[len(seconds) // 2], 2), **measured,
    }  # fmt: skip
    print(json.dumps(result))
    is_enough = result["models"] >= LEAST_MODELS and result["barcodes"] >= LEAST_BARCODES
    sys.exit(0 if is_enough else 1)


def read(reader: Reader, one: Picture) -> tuple[str | None, bool]:
    """The model read, and whether the barcode was; from the copy that is shown, as in the talk."""
    _, shown = copies.copy(one.content)
    boxes, found = reader.read(Image.open(io.BytesIO(shown)))
    return labels.read(label_lines.rows(boxes), found, None).model, one.barcode in found


def one_process(one: Picture) -> dict[str, float]:
    """Wall seconds, CPU seconds and megabytes of one process from its start to its end."""
    _, shown = copies.copy(one.content)
    began = time.monotonic()
    command = [sys.executable, "-m", "bot.label_reading", "/dev/stdin"]
    subprocess.run(command, input=shown, cwd=ROOT, check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "process_seconds": round(time.monotonic() - began, 1),
        "process_cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "process_mb": round(used.ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
