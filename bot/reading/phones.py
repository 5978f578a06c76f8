"""READING: phones, other numbers of a person and contact details in folded text. Knows no record."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["mobile", "landline"]

PHONE_TOKEN = "〔手机号〕"
ID_TOKEN = "〔证件号〕"
CARD_TOKEN = "〔银行卡号〕"
MAIL_TOKEN = "〔邮箱〕"

_LETTERS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "幺": "1", "两": "2"})
_SPOKEN = str.maketrans("零〇一二三四五六七八九", "00123456789")
_COUNTRY = r"(?:(?:\+|00)? ?86[- ]?)?"
_DIGIT = r"[\dOoIl]"
# Eleven digits as printed, in the groups people use; any other grouping only where it stands alone.
_MOBILE = re.compile(
    rf"(?<![\dA-Za-z]){_COUNTRY}[1Il][3-9]{_DIGIT}[- .]?(?:{_DIGIT}{{4}}[- .]?{_DIGIT}{{4}}"
    rf"|{_DIGIT}{{3}}[- .]?{_DIGIT}{{5}})(?!\d)"
    rf"|(?<!\d)(?<!\d[- ])(?:\+? ?86[- ]?)?1[- ]?[3-9](?:[- ]?\d){{9}}(?![- ]?\d)"
    r"|(?:[一幺][三四五六七八九])[零〇一二三四五六七八九幺两]{9}(?![零〇一二三四五六七八九幺])"
)
_LANDLINE = re.compile(
    r"(?<!\d)\(?0(?:10|2\d|[3-9]\d{2})\)?[- ]?[2-8]\d{6,7}(?:(?:-|转)\d{1,5})?(?!\d)"
)
_MONTH_DAY = r"(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])"
_ID_NUMBER = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}[ -]?(?:18|19"
    rf"|20)\d{{2}}[ -]?{_MONTH_DAY}[ -]?\d{{3}} ?[\dXx](?![\dA-Za-z])"
)
_OLD_ID_NUMBER = re.compile(rf"(?<=[证号:是 ])[1-9]\d{{7}}{_MONTH_DAY}\d{{3}}(?!\d)")
# Order and parcel numbers are as long: a card's number is one where the words just before say so.
_CARD = re.compile(
    r"(?:银行卡|储蓄卡|信用卡|借记卡|卡号|尾号|账号|帐号|[行商发信设通生贷存]的?卡)[^\d,。;!?]{0,6}?"
    r"(?P<number>(?<!\d)[3-9]\d{3}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?![ -]?\d))"
)
_PASSPORT = re.compile(
    r"(?:护照|通行证)[^\dA-Za-z,。;!?]{0,6}?"
    r"(?P<number>(?<![A-Za-z\d])(?:[A-Za-z]{1,2}\d{7,9}|\d{9})(?![A-Za-z\d]))"
)
_MAIL = re.compile(
    r"(?<![\w.])(?P<number>[A-Za-z\d][\w.+-]{0,63}@[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)*\.[A-Za-z]{2,10})(?![A-Za-z\d])",
    re.ASCII,
)
_OTHERS = ((_CARD, CARD_TOKEN), (_PASSPORT, ID_TOKEN), (_MAIL, MAIL_TOKEN))

_SURNAME = (
    "(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐"
    "|[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
    "戚谢邹喻苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐费廉薛雷贺倪汤滕殷罗毕郝安常于时傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛"
    "狄米贝戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房解应丁宣邓单洪包左"
    "石崔吉龚程邢裴陆荣翁焦巴牧谷车侯全班秋仲宫宁仇甘武符刘景詹龙叶司黎白蒲邰赖卓屠蒙池乔闻党翟谭贡姬申冉尚温庄柴瞿"
    "阎连艾容向古易廖耿关曾沙丰肖岳商佟])"
)
_TITLE = "(?:女士|先生|小姐|同学|老师|师傅|阿姨|大爷|大妈|大姐|大哥|叔叔)"
_NAME = re.compile(
    rf"(?:我叫|我是|姓名|名字|联系人|本人|叫"
    rf"|收件人)[:是为]? ?(?P<said>{_SURNAME}[\u4e00-\u9fff]{{1,2}}?{_TITLE}?)(?=[^\u4e00-\u9fff]"
    rf"|电话|手机|住|地址|家住|联系|$)"
    rf"|(?<![\u4e00-\u9fff])(?P<bare>{_SURNAME}(?:{_TITLE}"
    rf"|[\u4e00-\u9fff]{{1,2}}{_TITLE}?))(?=[^\u4e00-\u9fff]|$)"
    rf"|(?:我?姓)(?P<family>{_SURNAME})|(?P<titled>{_SURNAME}{_TITLE})"
)
_ADDRESS = re.compile(
    r"[\u4e00-\u9fffA-Za-z\d\-#]*?[\u4e00-\u9fff\d](?:省|市|区|县|镇|街道|街|乡|村|路|道|大街|大道"
    r"|小区|花园|家园|公寓|苑|里|号楼|号|楼|单元|室|大厦|广场)"
    r"[\u4e00-\u9fffA-Za-z\d\-#]*(?: ?\d+(?:号楼?|-\d+(?:-\d+)?|室|单元|门"
    r"|栋)[\u4e00-\u9fffA-Za-z\d\-#]*)*"
)
_LABEL = re.compile(
    r"^(?:我?(?:的)?(?:家庭|联系|收货|居住)?(?:地址|住址|家住|住在?|家在))[:是在]? ?"
)
_CALL = re.compile(
    r"(?:我?的?(?:联系)?(?:电话|手机号?码?|号码)(?:号码)?|联系方式|微信同号|同微信)[:是为]? ?"
)


@dataclass(frozen=True)
class Phone:
    """A phone with its span; `number` is its digits, without +86 and separators."""

    text: str
    start: int
    end: int
    number: str
    kind: Kind


@dataclass(frozen=True)
class IdNumber:
    """An identity-card number with its span; `number` is without separators, X upper-case."""

    text: str
    start: int
    end: int
    number: str


@dataclass(frozen=True)
class Contact:
    """Who to reach, how and where; None where the words do not tell."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None


def find_phones(text: str) -> list[Phone]:
    """Mainland mobiles and landlines with an area code; 12315, 400 and order numbers are none."""
    ids = [id_number.start for id_number in find_id_numbers(text)]
    found = [
        Phone(match.group(), *match.span(), _mobile_digits(match.group()), "mobile")
        for match in _MOBILE.finditer(text)
        if match.start() not in ids
    ]
    for match in _LANDLINE.finditer(text):
        if not any(match.start() < p.end and p.start < match.end() for p in found):
            number = re.sub(r"[^\d]", "", match.group())
            found.append(Phone(match.group(), *match.span(), number, "landline"))
    return sorted(found, key=lambda phone: phone.start)


def find_id_numbers(text: str) -> list[IdNumber]:
    """Identity-card numbers of 18 characters, and of 15 digits where the words say so.

    The check digit is not asked for: a mistyped number is personal data too.
    """
    matches = [*_ID_NUMBER.finditer(text)]
    if "证" in text:
        matches += _OLD_ID_NUMBER.finditer(text)
    return [
        IdNumber(m.group(), *m.span(), re.sub("[ -]", "", m.group()).upper())
        for m in sorted(matches, key=lambda match: match.start())
    ]


def mask(phone: str) -> str:
    """The phone for showing, its middle hidden: 138****5678."""
    digits = re.sub(r"[ \-+]", "", phone)
    if len(digits) < 8:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}"


_BARE = re.compile(
    rf"(?:{PHONE_TOKEN}|{ID_TOKEN}|{CARD_TOKEN}|{MAIL_TOKEN}|我|的|是|手机|电话|号码?|联系方式|微信同号|[\W_])*"
)


def redact(text: str) -> tuple[str, list[str], list[str]]:
    """The text with tokens for what is a person's own, the mobiles taken out, and all else taken out.

    Else are id, passport and bank-card numbers and e-mail addresses. Landlines, 400 numbers and short
    numbers stay: they are those of shops and authorities; so do the numbers of orders and parcels.
    """
    mobiles = [phone for phone in find_phones(text) if phone.kind == "mobile"]
    others = [(i.start, i.end, ID_TOKEN) for i in find_id_numbers(text)]
    for pattern, token in _OTHERS:
        for match in pattern.finditer(text):
            if not _meets(match.span("number"), others):
                others.append((*match.span("number"), token))
    mobiles = [phone for phone in mobiles if not _meets((phone.start, phone.end), others)]
    others.sort()
    taken = [re.sub("[ -]", "", text[start:end]).upper() for start, end, _ in others]
    spans = [*others, *((p.start, p.end, PHONE_TOKEN) for p in mobiles)]
    for start, end, token in sorted(spans, reverse=True):
        text = text[:start] + token + text[end:]
    return text, [phone.number for phone in mobiles], taken


def is_bare(redacted: str) -> bool:
    """Whether a message that `redact` has gone through told a number of its writer's and nothing else."""
    return _BARE.fullmatch(redacted) is not None


def _meets(span: tuple[int, int], found: list[tuple[int, int, str]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end, _ in found)


def contact(text: str) -> Contact:
    """Name, phone and address in a contact line such as 张女士 13800000000 中北镇万卉路5号."""
    found = find_phones(text)
    phone = next((p for p in found if p.kind == "mobile"), found[0] if found else None)
    rest = text
    for other in reversed(found):
        rest = f"{rest[: other.start]}  {rest[other.end :]}"
    rest = _CALL.sub(" ", rest.replace(PHONE_TOKEN, " "))
    named = _NAME.search(rest)
    name = next((g for g in named.groups() if g), None) if named else None
    if named:
        rest = f"{rest[: named.start()]} {rest[named.end() :]}"
    return Contact(name, phone.number if phone else None, _address(rest))


def _address(text: str) -> str | None:
    for piece in re.split(r"[,。;、]| {2,}", text):
        words = _LABEL.sub("", piece.strip())
        if match := _ADDRESS.search(words):
            return _LABEL.sub("", match.group().strip())
    return None


def _mobile_digits(text: str) -> str:
    digits = re.sub(r"[^\d]", "", text.translate(_LETTERS).translate(_SPOKEN))
    return digits[-11:]
