"""RECORD: pictures as evidence: whether one really is a picture, and its copy without metadata."""

import io
import struct
import threading
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MOST_PIXELS = 80_000_000  # asked from the header, before anything is decoded
LONGEST_SIDE = 2000  # pixels of the copy
THUMBNAIL_SIDE = 320
QUALITY = 85
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

_AT_ONCE = threading.BoundedSemaphore(2)  # 80 megapixels are 320 MB each while they are decoded
# What Pillow raises on spoiled files, as its fuzzing shows; it has no exception of its own.
_SPOILED = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, EOFError,
    OverflowError, MemoryError, NotImplementedError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip


class NoPicture(Exception):
    """The bytes are not a whole picture in one of FORMATS."""


class TooManyPixels(NoPicture):
    """The picture is larger than MOST_PIXELS, whatever the size of its file."""


def is_known(content: bytes) -> bool:
    """Whether the first bytes are those of a picture, whole or not, HEIC included."""
    if content[4:8] == b"ftyp":
        return content[8:12] in HEIF_BRANDS
    if content[:4] == b"RIFF":
        return content[8:12] == b"WEBP"
    return content.startswith(_STARTS)


_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")


def copy(content: bytes) -> tuple[str, bytes]:
    """The picture's own mime type, and a copy for showing.

    The copy is upright, at most LONGEST_SIDE pixels long, JPEG (PNG where it is see-through), and
    holds nothing but pixels: no EXIF, no place, no comment, no colour profile. Of a moving picture
    it is the first frame. Raises NoPicture or TooManyPixels.
    """
    try:
        with _AT_ONCE, Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooManyPixels
            # A photo of two phones' makers holds several JPEGs (MPO); the first is the photo.
            own = "JPEG" if opened.format == "MPO" else str(opened.format)
            return Image.MIME[own], _encoded(_small(opened))
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except (UnidentifiedImageError, *_SPOILED):
        raise NoPicture from None


def thumbnail(shown: bytes) -> bytes:
    """A copy for showing once more, at most THUMBNAIL_SIDE pixels long: enough to tell photos apart."""
    with _AT_ONCE, Image.open(io.BytesIO(shown), formats=FORMATS) as opened:
        opened.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        plain = _plain(opened)
        plain.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return _encoded(plain)


def _small(opened: Image.Image) -> Image.Image:
    """The pixels, upright and scaled; all of the file is decoded, so a cut one raises."""
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG alone: decodes at a fraction
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    plain = _plain(upright)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    return plain


def _plain(picture: Image.Image) -> Image.Image:
    """The picture as RGB, RGBA or grey."""
    if picture.mode.startswith(("I;16", "I", "F")):  # 16 bits a pixel: scanners, microscopes
        return picture.point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in ("LA", "La", "PA", "RGBa"):
        return picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGB")


def _encoded(picture: Image.Image) -> bytes:
    is_clear = picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255)
    bare = picture if is_clear else picture.convert("RGB")
    bare.info = {}  # some encoders write what they find here: comments, profiles
    written = io.BytesIO()
    if is_clear:
        bare.save(written, "PNG")
    else:
        bare.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
