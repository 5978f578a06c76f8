"""A process that reads one picture and ends: `python -m bot.label_reading FILE` prints JSON.

The reader of text holds 400 MB while it works; only a process that ends gives them back. It gets the
copy that is shown (pictures.py): upright, of bounded size, without EXIF. The models lie in the wheel.
"""

import io
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from bot.casework.label_lines import Box, has_model, rows

SECONDS = 12.0  # after which no other try begins
MOST_PIXELS = 4_000_000  # the copies that are shown have no more
LONGEST_SIDE = 1600  # pixels at which text is looked for
SMALL = 900  # pixels; a smaller picture is enlarged
LEAST_SCORE = 0.5  # of a piece of text, by the reader's own measure
MOST_MEMORY = 3 * 2**30  # bytes of address space; a picture that needs more ends the process
NICE = 5  # behind those who talk
FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.ITF14,
        zxingcpp.BarcodeFormat.Code128,
    ]
)

TURNS = (-10, 10, -20, 20, -35, 35)  # degrees; quarters are tried by the library itself
LARGEST_SIDE = 4000  # pixels of an enlarged picture
# Blurred bars: how much larger, the radius and the percentage of sharpening, and how black is told.
SHARPER = (
    (3.0, 3, 300, zxingcpp.Binarizer.LocalAverage), (2.0, 3, 300, zxingcpp.Binarizer.FixedThreshold),
    (3.0, 4, 400, zxingcpp.Binarizer.FixedThreshold), (3.0, 6, 300, zxingcpp.Binarizer.FixedThreshold),
    (3.0, 6, 300, zxingcpp.Binarizer.LocalAverage),
)  # fmt: skip

# One thread: two on two cores took twice the work for the same wait.
ENGINE = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}


class Reader:
    """Reads pictures. Text is tried the cheap way first: as it is, then clearer, then turned."""

    def __init__(self) -> None:
        self._engine: Any = None

    def read(self, picture: Image.Image) -> tuple[list[Box], list[str]]:
        """The pieces of text and the barcodes of a picture."""
        began = time.monotonic()
        plain = picture.convert("RGB")
        bars = barcodes(plain)
        best: list[Box] = []
        for one in _tries(plain):
            found = self._boxes(one)
            if _letters(found) > _letters(best):
                best = found
            if has_model(rows(found)):
                return found, bars
            if time.monotonic() - began > SECONDS:
                break
        return best, bars

    def _boxes(self, picture: Image.Image) -> list[Box]:
        if self._engine is None:
            from rapidocr import RapidOCR  # takes seconds: only where a picture is to be read

            self._engine = RapidOCR(params=ENGINE)
        found = self._engine(numpy.asarray(picture)[:, :, ::-1])
        if found.boxes is None:
            return []
        return [
            Box(text, *map(float, (*corners.min(axis=0), *corners.max(axis=0))))
            for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
            if score >= LEAST_SCORE
        ]


def barcodes(picture: Image.Image) -> list[str]:
    """The barcodes of a picture: as it is, then drawn sharper, then turned.

    Sharpening can make other bars of them, whose check digit fits one time in ten: what it finds
    counts where two ways of it agree.
    """
    grey = picture.convert("L")
    clear = ImageOps.autocontrast(grey, cutoff=2)
    seen: Counter[str] = Counter()
    for one in (grey, clear):
        if found := _bars(one):
            return found
    for factor, radius, percent, binarizer in SHARPER:
        large = _scaled(clear, min(factor, LARGEST_SIDE / max(clear.size)))
        seen.update(_bars(large.filter(ImageFilter.UnsharpMask(radius, percent, 0)), binarizer))
        if found := [code for code, times in seen.items() if times > 1]:
            return found
    for degrees in TURNS:
        turned = clear.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        if found := _bars(turned):
            return found
    return []


def _bars(
    picture: Image.Image, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage
) -> list[str]:
    found = zxingcpp.read_barcodes(picture, FORMATS, binarizer=binarizer)
    return list(dict.fromkeys(bar.text for bar in found if bar.valid))


def _tries(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture at a size at which text is read, then with more contrast, then on its side."""
    longest = max(picture.size)
    if longest > LONGEST_SIDE or longest < SMALL:
        picture = _scaled(picture, LONGEST_SIDE / longest)
    yield picture
    yield ImageOps.autocontrast(ImageOps.grayscale(picture), cutoff=2).convert("RGB")
    yield _scaled(picture, 0.5)
    yield picture.rotate(90, expand=True)
    yield picture.rotate(270, expand=True)


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _letters(boxes: list[Box]) -> int:
    return sum(len(one.text) for one in boxes)


def main(path: str) -> None:
    """Read the picture in a file and print its boxes and barcodes as one line of JSON."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    content = io.BytesIO(Path(path).read_bytes())  # a pipe cannot be read twice
    with Image.open(content, formats=("JPEG", "PNG")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            sys.exit(f"more than {MOST_PIXELS} pixels")
        boxes, bars = Reader().read(picture)
    print(
        json.dumps({"boxes": [asdict(one) for one in boxes], "barcodes": bars}, ensure_ascii=False)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
