"""READING: model-like strings in folded text. Knows no products and no notices."""

import re
import unicodedata
from dataclasses import dataclass

from bot.reading import amounts, folding

LONGEST = 24  # characters; what is longer is an order number or an address

_BRANDS = (
    "oppo|vivo|huawei|honor|xiaomi|redmi|realme|oneplus|meizu|samsung|haier|midea|gree|tcl|bosch"
    "|dell|thinkpad"
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9@])(?P<brand>" + _BRANDS + r")? ?"
    r"(?P<model>(?<![A-Za-z0-9@])(?=[A-Za-z0-9\-/._]*\d)(?=[\d\-/._]*[A-Za-z])[A-Za-z0-9]+(?:[-/._"
    r"+][A-Za-z0-9]+)*"
    r"(?:\+(?![A-Za-z0-9]))?(?: (?:pro|plus|max|mini|ultra|se)(?![A-Za-z0-9]))*|(?<=[a-z])[a-z]{0,3}\d[a-z0-9]*)",
    re.IGNORECASE,
)
_WITH_TYPE = re.compile(
    r"(?<![\dA-Za-z.\-/])\d{1,5}(?:[-/]\d{1,5})+型|(?<![\dA-Za-z.\-/])\d{3,6}型"
)
_AFTER_TYPE = re.compile(
    r"(?:型号|规格型号|货号"
    r"|款号)[:是为]? ?(?P<model>[A-Za-z0-9]+(?:[-/._·][A-Za-z0-9]+)*\+?)(?![\u4e00-\u9fff]?[元块])"
)
_SERIES = re.compile(
    r"(?<![A-Za-z0-9])(?:airpods|iphone|ipad|macbook|apple watch|matebook|mate|kindle|switch) ?"
    r"(?:pro|plus|max|mini|air|se|ultra|xs|xr|x)(?: ?(?:max|plus))?(?![A-Za-z0-9])"
    r"|(?:(?<![A-Za-z0-9])(?:iphone|ipad|mate|galaxy|nova|note|reno|find x|magic|pura)|小米|红米"
    r"|荣耀) ?\d{1,2}[a-z]?"
    r"(?: ?(?:pro|plus|max|mini|ultra|se|note))*(?![A-Za-z0-9元块年月日个台号.])"
    r"|(?:(?<=苹果)|(?<=苹果 ))\d{1,2}(?: ?(?:pro|plus|max|mini|p|s|e))*"
    r"(?![A-Za-z0-9元块年月日个台号.斤公箱袋颗盒只件粒毛角分折%代天多几一])",
    re.IGNORECASE,
)
_UNIT = (
    "mah|ah|wh|kwh|kw|kg|km|cm|mm|ml|hz|khz|mhz|ghz|gb|tb|mb|kb|dpi|fps|rpm|inch|pcs|mpa|v|w|a|g|l"
    "|k|m|s|h|p|t|d|x|nm|db|bar|oz|min"
)
_SPEC = re.compile(
    rf"[x*]{{0,3}}(?:\d+(?:[.\-+/*x]\d+)*(?:{_UNIT})[-/+*x]?)+(?:\d+)?", re.IGNORECASE
)
_NO_MODEL = re.compile(
    r"(?:[2345]g|[34]c|3d|4s|mp[345]|o2o|[bc]2[bc]|p2p|h5|c[1-3]|a[1-3]|b[12]|u盘|web[23]|top\d+"
    r"|no\d*|qq\d*|vip\d*|wx\d*|app\d|365|24h|7x24|wifi\d?|covid.*"
    r"|rmb\d+|cny\d+|ktv\d*|q[1-4]|g\d{2,4}|d\d{4}|k\d{2,4}|z\d{3}|us\d|sf\d{8,}|yt\d{8,}|jd\d{6,})",
    re.IGNORECASE,
)
_TRAIN_OR_SHOP = re.compile("次|号?[列高动火]车|店|座|区|栋|级|市|驾照|照|[日号元块月年]")
_OIL = re.compile(r"\d{1,2}[Ww]-\d{2}")  # a grade of engine oil is its model
_CODE = re.compile("(?:代码|错误码|单号|订单号?|工号|验证码|学号|车牌号?)[:是为]? ?$")
_SEPARATORS = re.compile(r"[\s\-./_·]+")


@dataclass(frozen=True)
class Model:
    """A model-like string with its span; `is_spec` for sizes and powers such as 48V20Ah."""

    text: str
    start: int
    end: int
    is_spec: bool = False


def find(text: str) -> list[Model]:
    """The models in folded text, in order. Sums, days, phones and addresses are none."""
    found: list[Model] = []
    for start, end in _spans(text):
        if not any(start < other.end and other.start < end for other in found):
            words = text[start:end]
            is_spec = bool(_SPEC.fullmatch(words)) and not _OIL.fullmatch(words)
            found.append(Model(words, start, end, is_spec))
    return sorted(found, key=lambda model: model.start)


def key(model: str) -> str:
    """The form in which two ways of writing a model are equal.

    Folded and case-folded, without separators and a closing 型; O behind a digit is 0, I
    or l between digits is 1, for that is how labels are misread.
    """
    words = folding.plain(model).removesuffix("型号").removesuffix("型")
    words = _SEPARATORS.sub("", unicodedata.normalize("NFKC", words))
    words = re.sub(r"(?<=\d)[Oo]+", lambda m: "0" * len(m.group()), words)
    words = re.sub(r"(?<=\d)[Il](?=\d)", "1", words)
    return words.casefold()


def _spans(text: str) -> list[tuple[int, int]]:
    spans = [
        m.span("model") for m in _AFTER_TYPE.finditer(text) if any(map(str.isdigit, m["model"]))
    ]
    spans += [m.span() for m in _WITH_TYPE.finditer(text)]
    spans += [m.span() for m in _SERIES.finditer(text)]
    tokens = [m.span("model") for m in _TOKEN.finditer(text)]
    tokens = [span for span in tokens if _is_model(text, *span)]
    if tokens and any(re.fullmatch(r"\d+[kKwWOo]|[\d.]+", text[a:b]) for a, b in tokens):
        sums = amounts.find(text)
        tokens = [(a, b) for a, b in tokens if not any(a < s.end and s.start < b for s in sums)]
    return spans + tokens


def _is_model(text: str, start: int, end: int) -> bool:
    words = text[start:end]
    if len(words) > LONGEST or _NO_MODEL.fullmatch(words) or _CODE.search(text[:start]):
        return False
    if re.fullmatch(r"[\dIlOo.]+", words) and _TRAIN_OR_SHOP.match(text, end):
        return False
    if re.fullmatch(r"[A-Za-z]\d{1,5}", words) and re.match(
        "次|座|区|栋|级|市|驾照|照|高铁|号楼", text[end:]
    ):
        return False
    return "@" not in text[max(0, start - 1) : end + 1] and not re.search(
        r"(?:www|http|\.com|\.cn)", words, re.I
    )
