"""Pictures of labels that the project makes itself: printed, then damaged as photos are. Seeded."""

import functools
import io
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy
import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

FONTS = "/usr/share/fonts/opentype/noto/"  # of fonts-noto-cjk
SEED = 20260415
EACH = 5  # pictures of a kind of damage

BRANDS = ("青禾", "乐多 LEDUO", "海川 HAICHUAN", "北木", "Voltara")
PRODUCTS = (("移动电源", "Power Bank"), ("电热水壶", "Electric Kettle"), ("儿童滑板车", "Kick Scooter"),
            ("吸顶灯", "Ceiling Lamp"), ("电源适配器", "AC Adapter"))  # fmt: skip
LETTERS, DIGITS = "ABCDEFGHJKMNPRSTUVWXYZ", "0123456789"
CHINESE = ("品名：{zh}", "品牌：{brand}", "型号：{model}", "额定输入：5V=3A 18W", "执行标准：GB 4943.1-2022",
           "生产日期：{day}", "批号：{batch}", "制造商：深圳市某某科技有限公司", "电话：400-000-0000")  # fmt: skip
ENGLISH = ("{en}", "Brand: {brand}", "Model No.: {model}", "Input: 100-240V~50/60Hz 0.5A",
           "Batch No.: {batch}", "Date of manufacture: {day}", "Made in China")  # fmt: skip
BOTH = ("{zh} {en}", "品牌 Brand：{brand}", "型号 Model：{model}", "输入 Input：220V~ 50Hz 1500W",
        "生产日期 Date：{day}", "产品批号 Lot：{batch}", "标准 Standard：GB 4706.1-2005")  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A picture as a citizen sends it, and what is printed on it."""

    damage: str
    content: bytes
    model: str
    barcode: str


def pictures() -> list[Picture]:
    """Forty pictures, always the same ones: EACH of every kind of damage."""
    chance = random.Random(SEED)
    return [_picture(kind, chance) for kind in DAMAGES for _ in range(EACH)]


def _picture(kind: str, chance: random.Random) -> Picture:
    model, barcode = _model(chance), _barcode(chance)
    plain = _printed(model, barcode, chance)
    damaged = DAMAGES[kind](plain, chance)
    written = io.BytesIO()
    quality = chance.randint(10, 16) if kind == "JPEG noise" else 88
    damaged.convert("RGB").save(written, "JPEG", quality=quality)
    return Picture(kind, written.getvalue(), model, barcode.text)


def _model(chance: random.Random) -> str:
    letters = "".join(chance.choices(LETTERS, k=chance.randint(2, 3)))
    digits = "".join(chance.choices(DIGITS, k=chance.randint(2, 4)))
    tail = chance.choice(["", "-" + "".join(chance.choices(DIGITS, k=3)), chance.choice("ABCGH")])
    return f"{letters}{chance.choice(['', '-'])}{digits}{tail}"


def _barcode(chance: random.Random) -> zxingcpp.Barcode:
    if chance.random() < 0.6:
        digits = "69" + "".join(chance.choices(DIGITS, k=10))
        return zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.EAN13)
    serial = "SN" + "".join(chance.choices(DIGITS, k=10))
    return zxingcpp.create_barcode(serial, zxingcpp.BarcodeFormat.Code128)


@functools.cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(f"{FONTS}{name}.ttc", size, index=2)  # the Chinese face


def _printed(model: str, barcode: zxingcpp.Barcode, chance: random.Random) -> Image.Image:
    """A label as it comes from a printer, on something grey."""
    chinese, english = chance.choice(PRODUCTS)
    values = {
        "zh": chinese, "en": english, "brand": chance.choice(BRANDS), "model": model,
        "day": f"20{chance.randint(21, 26)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "batch": "".join(chance.choices(DIGITS, k=8)),
    }  # fmt: skip
    lines = chance.choice((CHINESE, ENGLISH, BOTH))
    font = _font(chance.choice(["NotoSansCJK-Regular", "NotoSansCJK-Bold"]), 34)
    label = Image.new("RGB", (900, 60 + len(lines) * 56 + 220), (250, 250, 246))
    draw = ImageDraw.Draw(label)
    for place, line in enumerate(lines):
        draw.text((40, 36 + place * 56), line.format(**values), font=font, fill=(25, 25, 25))
    bars = numpy.array(zxingcpp.write_barcode_to_image(barcode, scale=3), copy=True)
    label.paste(Image.fromarray(bars), (40, label.height - bars.shape[0] - 24))
    table = Image.new("RGB", (label.width + 260, label.height + 260), (126, 120, 112))
    table.paste(label, (130, 130))
    return table


# ── damages ──


def _blurred(picture: Image.Image, chance: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(chance.uniform(1.4, 2.1)))


def _tilted(picture: Image.Image, chance: random.Random) -> Image.Image:
    degrees = chance.choice((-1, 1)) * chance.uniform(5, 14)
    turned = picture.rotate(
        degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(126, 120, 112)
    )
    return turned


def _in_perspective(picture: Image.Image, chance: random.Random) -> Image.Image:
    """As seen from the side: one edge shorter, the corners moved."""
    width, height = picture.size
    inset = chance.uniform(0.06, 0.13)
    corners: list[tuple[float, float]] = [
        (0, inset * height), (width, 0), (width, height), (0, (1 - inset) * height),
    ]  # fmt: skip
    moved = [(x + chance.uniform(-0.02, 0.02) * width, y) for x, y in corners]
    source: list[tuple[float, float]] = [(0, 0), (width, 0), (width, height), (0, height)]
    return picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, _coefficients(moved, source),
        Image.Resampling.BICUBIC, fillcolor=(126, 120, 112),
    )  # fmt: skip


def _coefficients(
    to: list[tuple[float, float]], source: list[tuple[float, float]]
) -> tuple[float, ...]:
    """The eight numbers of Pillow's perspective that bring `source` to `to`."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(to, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return tuple(map(float, numpy.linalg.solve(numpy.array(rows), numpy.array(wanted))))


def _glaring(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A lamp reflected: a soft white spot that takes most of the contrast where it lies."""
    light = Image.new("L", picture.size, 0)
    x, y = chance.uniform(0.25, 0.6) * picture.width, chance.uniform(0.25, 0.6) * picture.height
    size = chance.uniform(0.16, 0.24) * picture.width
    ImageDraw.Draw(light).ellipse((x - size, y - size, x + size, y + size), fill=230)
    light = light.filter(ImageFilter.GaussianBlur(60))
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, light)


def _dark(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Low light: dark, flat and noisy."""
    dim = ImageEnhance.Brightness(picture).enhance(chance.uniform(0.13, 0.22))
    noise = numpy.random.default_rng(chance.randrange(10**6)).normal(0, 7, (*dim.size[::-1], 3))
    return Image.fromarray((numpy.asarray(dim) + noise).clip(0, 255).astype("uint8"))


def _noisy(picture: Image.Image, _chance: random.Random) -> Image.Image:
    return picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))


def _small(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Taken from afar, turned a little and a little blurred: several damages at once."""
    factor = chance.uniform(0.5, 0.6)
    turned = picture.rotate(
        chance.uniform(-4, 4), Image.Resampling.BICUBIC, fillcolor=(126, 120, 112)
    )
    small = turned.resize(
        (int(picture.width * factor), int(picture.height * factor)), Image.Resampling.LANCZOS
    )
    return small.filter(ImageFilter.GaussianBlur(0.4))


DAMAGES: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "none": lambda picture, _chance: picture, "blur": _blurred, "tilt": _tilted,
    "perspective": _in_perspective, "glare": _glaring, "low light": _dark, "JPEG noise": _noisy,
    "small": _small,
}  # fmt: skip
