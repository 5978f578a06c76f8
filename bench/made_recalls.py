"""Made-up recall notices in the shape of the shipped ones, and questions with what answers them."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.casework.recall_matching import fold, key, vocabulary
from bot.library import load

Row = dict[str, Any]

ONE_BRAND_IN = 5  # notices to a brand, on average; a few brands have very many
MOST_TRIES = 400  # notices that are tried until one suits a kind of question

_NAMES = (
    "安柏博灿辰诚驰川达丹德鼎朵恩尔凡方菲芬枫格冠海瀚航浩禾和恒弘华欢辉慧佳嘉健捷锦晶竞俊凯康科兰乐利联灵龙隆麦曼美"
    "梦米明铭诺欧派佩鹏品普奇启千乔青庆荣锐瑞润赛森尚圣盛世舒思斯松泰唐天通维伟卫沃西希喜夏先祥翔晓欣新鑫星兴雄轩雅"
    "扬阳耀依亿益逸银英盈优宇羽语裕誉元圆悦云泽哲正志智中卓子紫"
)
_LATIN = (
    "ro",
    "mo",
    "an",
    "ker",
    "ba",
    "se",
    "us",
    "li",
    "no",
    "ta",
    "vi",
    "co",
    "de",
    "lux",
    "zen",
    "ix",
)
_PLACES = (
    "深圳市", "东莞市", "佛山市顺德区", "中山市", "汕头市澄海区", "宁波", "慈溪市", "杭州", "金华市", "天津", "上海",
    "苏州", "厦门", "平乡县", "福建", "广东", "江西",
)  # fmt: skip
_PREFIXES = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_HAZARDS = (
    "部分电芯来料问题,极端场景可能过热燃烧", "未固定到墙上时可能倾倒致儿童伤亡", "增塑剂超标;把立管强度不足",
    "颈部绳带不符GB31701,勒伤窒息", "包装塑料袋过薄未打孔,窒息", "接地措施不足,存在触电风险", "温升过高,可能引发火灾",
    "小零件易脱落,误吞窒息", None,
)  # fmt: skip
_REMEDIES = ("退货退款", "免费更换新品或退货退款", "加贴警示标志", "免费维修", None)


@dataclass(frozen=True)
class Brand:
    """A brand as notices print it, what people call it, its maker and what it sells."""

    name: str
    printed: str
    aliases: tuple[str, ...]
    producer: str
    products: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question, what kind it is, and the notice that answers it: None where none does."""

    kind: str
    text: str
    expect: str | None


# ── notices ──────────────────────────────────────────────────────────────────


def notices(count: int, dice: random.Random) -> list[Row]:
    """Rows of the table of notices; one in thirty models stands in another brand's notice too."""
    brands = _brands(max(count // ONE_BRAND_IN, 4), dice)
    weights = [1 / (rank + 10) for rank in range(len(brands))]
    used: list[str] = ["A1000"]
    return [
        _notice(number, brand, used, dice)
        for number, brand in enumerate(dice.choices(brands, weights, k=count))
    ]


def _brands(count: int, dice: random.Random) -> list[Brand]:
    products = [w for row in load("categories")["products"].values() for w in row["words"]]
    trades, forms = load("categories")["company"]["trades"], ("有限公司", "股份有限公司", "厂")
    taken: set[str] = set()
    brands = list[Brand]()
    while len(brands) < count:
        name = "".join(dice.choices(_NAMES, k=dice.choice((2, 2, 3, 3, 4))))
        if name in taken or vocabulary().spans(name):
            continue
        latin = "".join(dice.choices(_LATIN, k=4)).upper() if dice.random() < 0.25 else ""
        if latin in taken:
            continue
        taken |= {name, latin} if latin else {name}
        maker = name if dice.random() < 0.6 else "".join(dice.choices(_NAMES, k=3))
        brands.append(
            Brand(
                name, name + latin, (name, latin) if latin else (),
                dice.choice(_PLACES) + maker + dice.choice(trades) + dice.choice(forms),
                tuple(dice.sample(products, k=dice.choice((1, 2, 3, 6)))),
            )
        )  # fmt: skip
    return brands


def _notice(number: int, brand: Brand, used: list[str], dice: random.Random) -> Row:
    product = dice.choice(brand.products)
    published = date(2008, 1, 1) + timedelta(days=dice.randrange(6500))
    is_unbranded = dice.random() < 0.1
    return {
        "notice_no": f"CN-MADE-{number}", "jurisdiction": "CN", "version": 1, "doubts": [],
        "title": f"{brand.producer}召回部分{'' if is_unbranded else f'{brand.printed}牌'}{product}",
        "publisher": "国家市场监督管理总局", "published_on": published, "date_precision": "day",
        "category": dice.choice(("电子电器", "儿童用品", "其他")), "product_type": product,
        "product_name": dice.choice((product, f"{brand.name}{product}", f"{product}(白色)")),
        "brand": None if is_unbranded else brand.printed,
        "brand_aliases": [] if is_unbranded else list(brand.aliases), "producer": brand.producer,
        "models": [_model(used, dice) for _ in range(dice.choice((0, 1, 1, 1, 1, 1, 1, 2, 3, 6)))],
        "batch_raw": _batch(dice), "manufacture_or_sale_dates": _made(published, dice),
        "hazard": dice.choice(_HAZARDS), "remedy": dice.choice(_REMEDIES),
        "quantity": dice.randrange(20, 90000), "quantity_unit": "件",
        "first_seen_at": datetime(2026, 1, 1, tzinfo=UTC), "is_news": False,
    }  # fmt: skip


def _model(used: list[str], dice: random.Random) -> str:
    if dice.random() < 1 / 30:
        return dice.choice(used)
    head = "".join(dice.choices(_PREFIXES, k=dice.choice((1, 2, 3))))
    shape: Callable[[], str] = dice.choice(
        (
            lambda: f"{head}{dice.randint(10, 99)}-{dice.randint(100, 9999)}",
            lambda: f"{head}-{dice.randint(100, 99999)}{dice.choice(('', 'A', 'B'))}",
            lambda: f"TD{head}{dice.randint(100, 9999)}Z",
            lambda: f"{head}{dice.randint(1000, 99999)}",
            lambda: f"{dice.randint(10, 9999)}-{dice.randint(10, 99)}型",
            lambda: f"NO.{dice.randint(100, 99999)}",
            lambda: f"条码69{dice.randint(10**10, 10**11 - 1)}",
            lambda: str(dice.randint(10**6, 10**7)),
            lambda: f"{head}{dice.randint(100, 9999)}/{dice.randint(100, 990)}MM",
        )
    )
    used.append(shape())
    return used[-1]


def _batch(dice: random.Random) -> str | None:
    shapes = (
        f"20{dice.randint(10, 25)}/{dice.randint(1, 12)}/{dice.randint(1, 28)}",
        f"C{dice.randint(10, 19)}-P{dice.randint(1, 5)}/P{dice.randint(6, 9)}、M{dice.randint(10, 29)}-Q1/Q2",
        f"{dice.randint(1000, 1500)}-{dice.randint(1501, 2500)}",
    )
    return dice.choice(shapes) if dice.random() < 0.2 else None


def _made(published: date, dice: random.Random) -> str | None:
    first = published - timedelta(days=dice.randrange(200, 900))
    last = first + timedelta(days=dice.randrange(0, 180))
    shapes = (f"{first}", f"{first:%Y-%m}", f"{first:%Y-%m}~{last:%Y-%m}", f"{first}~{last}", None)
    return dice.choice(shapes)


# ── questions ────────────────────────────────────────────────────────────────


def questions(rows: list[Row], count: int, dice: random.Random) -> list[Asked]:
    """Questions of each kind in turn; only such as one notice of these answers, or none does."""
    branded = [row for row in rows if row["brand"]]
    facts = _Facts(rows, branded)
    found: list[Asked] = []
    while len(found) < count:
        kind = KINDS[len(found) % len(KINDS)]
        for row in dice.choices(branded, k=MOST_TRIES):
            if asked := kind(row, facts, dice):
                found.append(asked)
                break
        else:
            raise ValueError(f"no notice of these suits {kind.__name__}")
    return found


class _Facts:
    """What is needed to know that a question has one answer."""

    def __init__(self, rows: list[Row], branded: list[Row]) -> None:
        self.brands = sorted({_called(row) for row in branded})
        self.of_maker: dict[str, list[Row]] = defaultdict(list)
        self.of_model: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self.of_maker[row["producer"]].append(row)
        for row in branded:
            for model in row["models"]:
                self.of_model[key(model)].append(row)

    def only_product(self, row: Row) -> bool:
        """Whether it is the brand's one notice of its product, or of a kind of it."""
        products = [
            vocabulary().read(fold(o["product_name"])) for o in self.of_maker[row["producer"]]
        ]
        own = vocabulary().read(fold(row["product_name"]))
        return sum(vocabulary().agree(own, one) for one in products) == 1

    def only(self, row: Row, model: str) -> bool:
        """Whether the brand has the model in this notice alone."""
        return sum(_called(other) == _called(row) for other in self.of_model[key(model)]) == 1


def _called(row: Row) -> str:
    return str(row["brand_aliases"][0] if row["brand_aliases"] else row["brand"])


def _models(row: Row, facts: _Facts) -> Iterator[str]:
    """The models of a notice that can be asked for: as they stand on a label, without its words."""
    for printed in row["models"]:
        code = printed.removeprefix("条码").removesuffix("型").split("/")[0]
        if facts.only(row, printed) and len(key(code)) >= 4:
            yield code


def _typed(way: str, change: Callable[[str], str]) -> "Callable[..., Asked | None]":
    def kind(row: Row, facts: _Facts, dice: random.Random) -> Asked | None:
        for model in _models(row, facts):
            if (typed := change(model)) != model or way == "as printed":
                return Asked(way, _sentence(_called(row), row, typed, dice), row["notice_no"])
        return None

    return kind


def _brand_and_product(row: Row, facts: _Facts, dice: random.Random) -> Asked | None:
    if not facts.only_product(row):
        return None
    return Asked("brand, product", _sentence(_called(row), row, "", dice), row["notice_no"])


def _other_script(row: Row, facts: _Facts, dice: random.Random) -> Asked | None:
    for model in _models(row, facts):
        if row["brand_aliases"]:
            latin = row["brand_aliases"][1].lower()
            return Asked("Latin brand", f"{latin} {model.lower()} 要退吗", row["notice_no"])
    return None


def _no_such_model(row: Row, facts: _Facts, dice: random.Random) -> Asked | None:
    for model in _models(row, facts):
        other = f"{model}{dice.choice('3579')}"
        if key(other) not in facts.of_model:
            return Asked("no such model", _sentence(_called(row), row, other, dice), None)
    return None


def _wrong_brand(row: Row, facts: _Facts, dice: random.Random) -> Asked | None:
    brand = dice.choice(facts.brands)
    for model in _models(row, facts):
        of = facts.of_model[key(model)]
        if of and not any(brand in fold(f"{o['title']}{o['brand']}") for o in of):
            return Asked("wrong brand", _sentence(brand, row, model, dice), None)
    return None


def _sentence(brand: str, row: Row, model: str, dice: random.Random) -> str:
    product = row["product_type"] if not model or dice.random() < 0.7 else ""
    shapes = (
        f"{brand}{product}{model}召回了吗", f"我家{brand}的{product}，型号{model}，在不在召回名单里" if model
        else f"我家{brand}的{product}在不在召回名单里", f"{brand} {product} {model}还能用吗",
        f"请问{brand}牌{product}{model}有没有被召回",
    )  # fmt: skip
    return dice.choice(shapes)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


KINDS = (
    _typed("as printed", str),
    _typed("other case", str.lower),
    _typed("full width", _wide),
    _typed("other dash", lambda model: model.replace("-", "—")),
    _typed("no dash", lambda model: model.replace("-", "")),
    _typed("O for 0", lambda model: model[0] + model[1:].replace("0", "O")),
    _other_script,
    _brand_and_product,
    _no_such_model,
    _wrong_brand,
)
