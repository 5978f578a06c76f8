"""READING: sums of money in folded text. Knows not which dispute they belong to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.reading import numerals

Role = Literal["paid", "offered", "unknown"]
LONGEST_BARE = 8  # digits: what is longer is a phone, an order or a card
LONGEST_REST = 6  # characters beside the number in a bare answer

_NEAR = r"(?:接近|将近|差不多|大约|大概|近|约|超过|不到)"
_NUMERAL = rf"(?:{numerals.MIXED}(?: ?[kKwW](?![A-Za-z]))?|{numerals.CHINESE})"
_VAGUE = "(?:多|余|来|几)"
_MULTIPLE = "(?: ?[百千万亿])"
_CURRENCY = (
    r"(?:元(?:钱|整|人民币)?(?![旦宵件素])|圆整?(?!形|通|珠|的)|块(?:钱|多|人民币)?|人民币"
    r"|(?:RMB|rmb|CNY|yuan)(?![A-Za-z])|毛(?:钱|(?=[^\u4e00-\u9fff]|$))|刀乐)"
)
_BEHIND = rf"(?:[{numerals.DIGIT}\d]角?(?![\d{numerals.DIGIT}{numerals.UNIT}个台件次天只]))?"
_LEFT = r"(?<![\d.A-Za-z+\-/#第])(?<!\d,)"

# 5元, 三百多块, 近7000元, 25720多元, 3千多块钱, 8块5
_WITH_CURRENCY = re.compile(
    rf"{_LEFT}(?P<near>{_NEAR} ?)?(?P<number>{_NUMERAL})"
    rf"(?P<vague>{_VAGUE}?{_MULTIPLE}?{_VAGUE}?) ?(?P<unit>{_CURRENCY})"
    rf"(?P<behind>{_BEHIND})(?P<about> ?(?:左右|上下|不到))?"
)
_RANGE = re.compile(
    rf"{_LEFT}{_NUMERAL}(?:元|块)?[-~到至]{_NUMERAL}{_MULTIPLE}?{_VAGUE}? ?{_CURRENCY}"
)
_WITH_SIGN = re.compile(
    rf"(?:[¥￥]|(?<![A-Za-z])(?:RMB|rmb|CNY)"
    rf"|人民币) ?(?P<number>{numerals.MIXED})(?P<vague>{_VAGUE}?)"
)
# 2.6万, 两千, 三百多: a round number alone, where nothing counted follows.
_ROUND = re.compile(
    rf"{_LEFT}(?P<near>{_NEAR} ?)?(?P<number>{numerals.ARABIC} ?[百千万](?:\d(?!\d))?"
    rf"|[{numerals.DIGIT}几][{numerals.DIGIT}{numerals.UNIT}几]*[百千万][{numerals.DIGIT}{numerals.UNIT}]*)"
    r"(?P<vague>多|余|来)?(?P<about> ?(?:左右|上下))?"
)

_PAID = (
    "花|交|付|扣|收|充|支付|转|汇|打|刷|缴|存|被骗|骗|总价|一共|共计|总共|合计|总计|总额|消费|成交"
    "|学费|押金|定金|订金|首付|会费|房租|租金|手续费|服务费|车款|货款|费用|收费|付款|转账|充值|投入"
    "|损失|坑|借"
)
_OFFERED = "只退|只肯退|最多退|只给退|退|返|赔|补偿|补|到账|到帐"
_PRICE = (
    "价格|价钱|标价|原价|现价|售价|单价|定价|卖价|报价|要价|房价|差价|特价|活动价|优惠价|开价|售|卖"
    "|价"
)
_CHANGE = "降价|降|涨|涨价|便宜|贵|优惠|减|满|欠|剩|余额|值|金额|数额|钱数|合|差|省|才|办卡|费"
_FILL = (
    "(?:[了过到至的我他她您你共给为是:,]|一共|还是|大概|差不多|款|钱|费|费用|回|还|掉|走|应该|总共"
    "|人民币| )"
)
_BARE = re.compile(
    rf"(?P<verb>{_PAID}|{_OFFERED}|{_PRICE}|{_CHANGE})"
    rf"{_FILL}{{0,4}}(?P<near>{_NEAR} ?)?(?P<number>{_NUMERAL})(?P<vague>{_VAGUE}?{_MULTIPLE}?)"
    r"(?P<about> ?(?:左右|上下))?"
)
# 1280买的, 603费用, 9.9包邮, 学了3899的课
_BEFORE = re.compile(
    rf"{_LEFT}(?P<number>{numerals.ARABIC})(?P<vague>{_VAGUE}?)"
    r"(?= ?(?:买的|购买|购入|入手|拿下|到手|下单|办的|买了|买来|买到|就买|一年|一个月|一节课|费用"
    r"|手续费|服务费|押金|定金|订金|学费|运费|会费|包邮|秒杀|的价格|的差价|的退款|的费用))"
)
_DEAL = re.compile(
    r"(?:[买办报订拍租]了?|下单了?|购买了?)[^\d,。.;!?]{0,6}?(?<![\dA-Za-z.\-/])"
    r"(?P<number>\d{3,6}(?:\.\d{1,2})?)(?P<vague>多?)(?=的(?!时))"
)
# 补牙1200, 科二补考要500, 4680就这么没了: three digits or a price to the tenth, nothing counted behind.
_ALONE = re.compile(
    r"(?<!\d,)(?:^|(?<=[\u4e00-\u9fff,。;:、!?])|(?<=[\u4e00-\u9fff] ))"
    r"(?P<number>[1-9]\d{2,5}(?:\.\d{1,2})?|[1-9]\d{0,2}\.\d{1,2})(?P<vague>多?)"
    r"(?=[,。;、!? )]|$|[结就都也没不还说只才我他她它退让的一开两后第变包全这那])"
)
_NUMBERED = re.compile(
    r"(?:[第号码期版楼栋幢座室路站线年月]|电话|热线|尾号|编号|单号|型号|验证码|代码|密码|房间|微信|QQ|打|拨|投诉|向"
    r"|科|国道|高速|公里|里程|温度|心率|血压|血糖|身高|体重|排名|粉丝|播放|点击|人均|气温"
    r"|[A-Za-z\d.\-])[是为:了到]? ?$"
)
_DAY_BEFORE = re.compile(rf"(?<![\dA-Za-z-])(?:\d{{1,2}}|[{numerals.DIGIT}十]{{1,3}})[号日] ?$")
_HOTLINE = re.compile(r"100(?!00)\d{2}|123\d{2}|12[0-9]|11[0-9]|9[56]\d{3,4}|315|400")
_CORRECTED = re.compile(
    rf"(?:金额|价格|数额|钱数|钱|价)[^。;!?]{{0,16}}?(?<!不)(?:是|为|改成"
    rf"|改为) ?(?P<number>{_NUMERAL})(?P<vague>{_VAGUE}?)"
)
# 饭是38的: a dish or a bill that is said to be of so much, where nothing follows.
_COSTS = re.compile(
    r"(?:饭|[菜面餐单票课]|套餐|东西|衣服|裤子|一[份碗顿单])是(?P<number>\d{1,5}(?:\.\d{1,2})?)(?P<vague>多?)(?=的?[。.!]?$)"
)

# What is counted behind a number that is no money; 只退 and 本来 are no measures.
_COUNTED = re.compile(
    r" ?(?:年|天(?!猫)|周|星期|礼拜|个(?!人[承信出账原])|台|件|次|条|张|位|人(?!民|工|家)|名"
    r"|家(?![里人])|份|袋"
    r"|瓶|盒|箱"
    r"|包(?![邮括含])|斤|公|克|kg|g(?!e)|ml|毫|升|米|厘|里|平(?!台|时|常)|㎡|m|度|瓦|伏|[vVwWGMTA]"
    r"|小时|分(?!期|[三两二])|秒|点(?!击)|时(?![间候])"
    r"|岁|级|层|楼|栋|单元|路|室|折|倍|%|期(?!间)|款(?!项)|版|寸|英寸|支(?!付)"
    r"|只(?![退给用是有能剩要换赔发收到肯])"
    r"|双(?!方)|套|本(?![来人身应以店])|间|辆|部(?!分)|句|通|颗|粒|片|根|桶|节|课|股|笔|遍|趟|圈|组"
    r"|批|码|帧|像素|积分|豆|星|号"
    r"|货|合|日|月|页|集|多[个天人次年台件公里]|几[个天]|[个台]?班|份|步|字|粉|克拉|流量|毫安|瓶|户"
    r"|种|项|棵|头|匹|桌|顿|餐|盆|套|幢|亩|车(?![贩商行主])|单(?![价独位])|(?<! )(?:-\d|/\d|\.\d|[A-Za-z\d]))"
)
_DAY_BEHIND = re.compile(r" ?(?:月(?!底)|[号日](?!常))")
_PIECE = re.compile(
    r"(?:电池|手表|表|屏|玻璃|瓷砖|地[板砖]|砖|板|硬盘|蛋糕|肉|布|主板|显卡|糖|巧克力|香?肥?皂|豆腐"
    r"|钢化膜|石|牛排|儿)"
)
_NOUN_OR_VERB = re.compile(r"[\u4e00-\u9fff]")
_MONEY_VERB = re.compile(
    rf"(?:{_PAID}|{_OFFERED}|{_PRICE}|降|涨|便宜|贵|要|给|才|差|块|值|斤|减|抵|用"
    rf"|多)[了我到过出约近的]?$"
)
_WANTED = re.compile(
    r"(?:要求|申请|希望|想|让|要|不|没|未|拒绝|应该?|请|麻烦|必须|全额|能不能|可以)[^,。;!?]{0,8}$"
)
_OFFER = re.compile(rf"(?:{_OFFERED})(?:[了给我还回现 ]|款|偿|钱|们|人民币|大概|一半)*$")
_PAYMENT = re.compile(rf"(?:{_PAID})[^,。;!?]{{0,6}}$")
_BOUGHT_BEHIND = re.compile(
    r" ?(?:买的|买了|购买|购入|入手|拿下|到手|办的|买来|就买|的(?:价格)?买)"
)
_TOTAL = re.compile(r"(?:一共|共计|总共|合计|总计|总价|总额|共)[^,。;!?]{0,4}$")
_COUPON = re.compile(r"满 ?\d+(?:元|块)?(?:立?减|送|返|赔|可用)(?: ?\d+(?:元|块)?)?")
_NO_SUM = re.compile(r"[批型编订货单]号|分之|块|[A-Za-z]")
_DAY_LIKE = re.compile(r"(?:0?[1-9]|1[0-2])\.(?:[12]\d|3[01])")
_HINT = re.compile(rf"[\d元块百千万亿角毛¥￥{numerals.UNIT}]")


@dataclass(frozen=True)
class Amount:
    """A sum in yuan with its span; of a vague one (三百多) `value` is the base, or None (几百)."""

    text: str
    start: int
    end: int
    value: Decimal | None
    role: Role
    is_vague: bool = False


def find(text: str) -> list[Amount]:
    """The sums in folded text, in order. Phones, days, models, counts and percentages are none."""
    if not _HINT.search(text):
        return []
    found: list[Amount] = []
    taken = [match.span() for match in _COUPON.finditer(text)]  # terms of a coupon, paid by nobody
    for amount in _candidates(text):
        if not any(amount.start < end and start < amount.end for start, end in taken):
            found.append(amount)
            taken.append((amount.start, amount.end))
    return sorted(found, key=lambda amount: amount.start)


def disputed(text: str) -> tuple[Amount | None, list[Amount]]:
    """The sum in dispute, and the sums to choose from where that is unclear.

    What was paid goes before what is only named, a total before its parts; what the shop offers is
    never the sum in dispute.
    """
    found = find(text)
    paid = [a for a in found if a.role == "paid"]
    totals = [a for a in paid if _TOTAL.search(text[: a.start])]
    named = [a for a in found if a.role == "unknown"]
    for group in (totals, paid, named):
        if len({(a.value, a.is_vague) for a in group}) == 1:
            return group[0], []
        if group:
            return None, group
    return None, found


def read(text: str) -> Decimal | None:
    """The sum in an answer to "how much", where a bare number counts; None where there is none."""
    sure, others = disputed(text)
    if sure or others:
        return sure.value if sure else others[-1].value
    bare = [m for m in re.finditer(rf"{_LEFT}{_NUMERAL}", text) if not _is_counted(text, m)]
    if len(bare) != 1:
        return None
    rest = text[: bare[0].start()] + text[bare[0].end() :]
    if len(re.sub(r"\W", "", rest)) > LONGEST_REST or _NO_SUM.search(rest):
        return None
    return numerals.value(bare[0].group())


def _candidates(text: str) -> Iterator[Amount]:
    """Every reading, the surest first; overlaps are left to the caller."""
    for match in _RANGE.finditer(text):
        yield Amount(match.group(), *match.span(), None, _role(text, match), True)
    for match in _WITH_CURRENCY.finditer(text):
        if not _is_piece(text, match) and match["number"][0] not in "百千万亿":
            yield _amount(text, match)
    for match in _WITH_SIGN.finditer(text):
        yield _amount(text, match)
    for match in _CORRECTED.finditer(text):
        if not _is_counted(text, match):
            yield _amount(text, match)
    for pattern in (_BARE, _DEAL, _BEFORE, _COSTS):
        for match in pattern.finditer(text):
            if _is_bare_sum(text, match):
                yield _amount(text, match)
    for match in _ALONE.finditer(text):
        if _is_sum_alone(text, match):
            yield _amount(text, match)
    for match in _ROUND.finditer(text):
        if not _is_counted(text, match) and not _is_word(text, match):
            yield _amount(text, match)


def _amount(text: str, match: re.Match[str]) -> Amount:
    groups = match.groupdict()
    start = match.start("near") if groups.get("near") else match.start("number")
    if match.re is _WITH_SIGN:
        start = match.start()
    span = text[start : match.end()].rstrip()
    is_vague = any(groups.get(name) for name in ("near", "about")) or bool(
        re.search("[多余来几]", groups.get("vague") or "")
    )
    worth = _worth(groups)
    return Amount(
        span, start, start + len(span), worth, _role(text, match), is_vague or worth is None
    )


def _worth(groups: dict[str, str | None]) -> Decimal | None:
    """Numeral, unit behind 多 (三千多万 has 万) and small money (8块5) in yuan."""
    power = re.search("[百千万亿]", groups.get("vague") or "")
    worth = numerals.value((groups["number"] or "") + (power.group() if power else ""))
    if worth is None or "几" in (groups.get("vague") or ""):
        return None
    if (groups.get("unit") or "").startswith("毛"):
        return worth / 10
    behind = numerals.value((groups.get("behind") or "").rstrip("角") or "0")
    return worth + (behind or Decimal(0)) / 10


def _role(text: str, match: re.Match[str]) -> Role:
    """Who moved the sum: read from the clause before it, and 买的 and the like behind it."""
    at = match.start("near") if match.groupdict().get("near") else _number_start(match)
    before = text[max(0, at - 14) : at]
    if offer := _OFFER.search(before):
        return "unknown" if _WANTED.search(before[: offer.start()]) else "offered"
    if _PAYMENT.search(before) or _BOUGHT_BEHIND.match(text, match.end()):
        return "paid"
    return "unknown"


def _number_start(match: re.Match[str]) -> int:
    return match.start("number") if "number" in match.groupdict() else match.start()


def _is_bare_sum(text: str, match: re.Match[str]) -> bool:
    number = match["number"]
    is_short_word = len(number) == 1 and number in numerals.DIGIT + numerals.UNIT + "几数"
    if is_short_word or number in ("几百", "百", "千", "万") or _is_unit_word(text, match):
        return False
    if (
        match.re is not _BARE
        and re.fullmatch("(?:19|20)[0-3]\\d", number)
        and (match.re is _DEAL or text.startswith("一年", match.end()))
        and number != "2000"  # 年卡2000一年: so round a number is a price
    ):
        return False  # a year
    if match.re is _BARE and match["verb"] == "打" and _HOTLINE.fullmatch(number):
        return False
    is_of_month = text[: match.start("number")].endswith("月")
    if match.re is _BEFORE and (_DAY_LIKE.fullmatch(number) or is_of_month):
        return False  # 12.25买的, 9月12买的
    if (
        match.re is _BARE
        and number.isdigit()
        and len(number) == 1
        and match["verb"] in ("才", "费")
    ):
        return False
    return not _is_counted(text, match)


def _is_sum_alone(text: str, match: re.Match[str]) -> bool:
    """Whether a number that no word of money leads up to is a sum: no year, day, line or label."""
    number = match["number"]
    if re.fullmatch(r"(?:19|20)[0-4]\d", number) or _DAY_LIKE.fullmatch(number):
        return False
    before = _DAY_BEFORE.sub(",", text[: match.start()])  # 「上月26号 598」 is no number 598
    if _HOTLINE.fullmatch(number) or _NUMBERED.search(before):
        return False
    return not _is_counted(text, match)


def _is_counted(text: str, match: re.Match[str]) -> bool:
    number = match.groupdict().get("number") or match.group()
    digits = re.sub(r"\D", "", number.split(".")[0])
    if len(digits) > LONGEST_BARE or (len(digits) > 1 and digits[0] == "0"):
        return True
    if _DAY_BEHIND.match(text, match.end()):
        return len(digits) <= 2 or bool(re.match(" ?[号日]", text[match.end() :]))
    return bool(_COUNTED.match(text, match.end()))


def _is_unit_word(text: str, match: re.Match[str]) -> bool:
    """千万 (by all means), 万一 (in case) and 百分 are words, not numbers."""
    number = match["number"]
    return number[0] in "百千万亿" or text.startswith("分之", match.end())


def _is_word(text: str, match: re.Match[str]) -> bool:
    return _is_unit_word(text, match) or (
        match["number"] in ("一万", "一百") and text.startswith(("就怕", "个", "分"), match.end())
    )


def _is_piece(text: str, match: re.Match[str]) -> bool:
    """一块手表 and 一块去: 块 counts pieces or means together, it is no money there."""
    if "块" not in match.group():
        return False
    if re.search("块(?:钱|多|人民币|[\\d一二两三四五六七八九])", match.group()):
        return False
    if _PIECE.match(text, match.end()):
        return True
    number = match.groupdict().get("number") or ""
    worth = numerals.value(number)
    if worth is None or worth >= 10 or not _NOUN_OR_VERB.match(text, match.end()):
        return False
    return number in ("一", "1") or not _MONEY_VERB.search(text[: match.start()])
