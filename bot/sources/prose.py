"""SOURCES: the prose in which Chinese offices announce a recall, as labelled fields. Pure."""

import re

from bot.library import load
from bot.sources.notice import NotRead

_PRODUCER = re.compile(r"(?:日前|近日)[,，]?\s*(.{2,60}?)\s*(?:按照|根据|依据)")
_OFFICE = re.compile(r"向\s*([^,，。]{4,30}?)\s*(?:报告|备案|提交)")
_RECALLED = re.compile(
    r"召回\s*(?:自)?(?P<made>[^,，。]{4,90}?)期间\s*(?:制造|生产|销售|进口)?的?\s*(?:部分)?(?P<thing>[^,，。]{2,80})"
)
_MODELS = re.compile(r"型号(?:规格)?(?:为|[:：])\s*(.+?)(?=[,，。]?\s*(?:涉及|批[号次]|共计)|。|$)")
_BATCH = re.compile(r"批[号次](?:为|[:：])\s*(.+?)(?=[,，]?\s*(?:涉及|型号|共计)|。|$)")
_QUANTITY = re.compile(
    r"涉及\S{0,4}数量\S{0,3}?(?:为|[:：])?\s*((?:约|超|近|共)?\s*[\d][^。]{0,60}?)(?=，|,(?!\d)|。|$)"
)
_NO_NUMBER = re.compile(r"数量为\s*(?:[台件个只辆]|[把套，。])|召回年\d|于年\d")
_DEFECT = re.compile(r"由于\s*(.+?)。")
_MEASURES = re.compile(r"[^。\n]*将[^。\n]*(?:以消除|消除[^。\n]*隐患|退货|退款|更换)[^。\n]*")
_PHONE = re.compile(r"(?:热线|电话)\D{0,8}([\d(（][\d()（）\-—–―－ 、,，转;；]{5,})")
_BRAND = re.compile(r"^(?P<brand>[^的]{1,30}?)牌(?P<rest>.+)$")
_MODEL_IN_NAME = re.compile(
    r"^(?P<model>[A-Za-z0-9][-A-Za-z0-9./+—–]*\d[-A-Za-z0-9./+—–]*)(?:型号?)?(?P<rest>.{2,})$"
)
_TITLE = re.compile(
    r"^(?:【[^】]*】)?\s*(?P<producer>.{2,60}?)\s*召回\s*(?:部分)?(?P<thing>.{2,80})$"
)
_PINYIN = re.compile(r"[\u4e00-\u9fff][(（][a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3}[)）]")


def fields(body: str) -> dict[str, str]:
    """The fields of a notice in prose, as printed, by the names of `labels`.

    Raises NotRead where the text lost characters on its way: what is left would be wrong.
    """
    if _NO_NUMBER.search(body) or len(_PINYIN.findall(body)) > 1:
        raise NotRead("damaged_text")
    flat = body.replace("\n", "")
    found = {
        "producer": _first(_PRODUCER, flat), "publisher": _first(_OFFICE, flat),
        "models": _first(_MODELS, flat), "batch": _first(_BATCH, flat),
        "quantity": _first(_QUANTITY, flat), "defect": _first(_DEFECT, flat),
        "contact": _first(_PHONE, flat),
    }  # fmt: skip
    measures = _MEASURES.findall(body)
    found["measures"] = "；".join(m.strip() for m in measures if "召回计划" not in m)
    if recalled := _RECALLED.search(flat):
        found["made"] = recalled["made"].strip()
        found = {**thing(recalled["thing"]), **{k: v for k, v in found.items() if v}}
    return {name: value for name, value in found.items() if value}


def of_title(title: str) -> dict[str, str]:
    """Producer, brand, model and product, as far as a title names them."""
    found = _TITLE.match(title)
    return {"producer": found["producer"], **thing(found["thing"])} if found else {}


def thing(named: str) -> dict[str, str]:
    """Brand, model and product of the words for a recalled thing: 凤凰牌TDE599Z型号电动自行车."""
    found: dict[str, str] = {}
    rest = named.strip(" 。，,")
    if brand := _BRAND.match(rest):
        found["brand"], rest = brand["brand"], brand["rest"]
    if model := _MODEL_IN_NAME.match(rest):
        found["models"], rest = model["model"], model["rest"]
    found["product_name"] = rest
    return found


def is_no_recall(title: str) -> bool:
    """Whether a title is not that of a recall: spot checks and certificates are another matter."""
    is_other = any(word in title for word in load("sources")["no_recall"])
    return "召回" not in title or (is_other and "召回部分" not in title)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else ""
