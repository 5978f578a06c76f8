"""A message that is a thing and no more (空调, 查下空调, 还有飞利浦吹风机), and what is meant. Knows no Rasa."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bot.casework import people, recall_question, recalls, things_asked
from bot.casework.recall_matching import fold, vocabulary
from bot.casework.records import Person
from bot.hearing_offers import Answered
from bot.library import load, words

LEAD = 4  # characters before a product that may be a brand nobody listed, where other words lead up to it
LONGEST = 24  # characters; who writes more tells of the thing
KEEP_IT = '/manage_things{"choice":"keep"}'

_MORE = re.compile(
    r"^(?:对了|那|哦|嗯|[, ])*(?:另外|还有|再有|以及|再加上?)+(?:[一1]?[个台件]|的|我家?|买?了|[,: ])*"
)
_LOOK = re.compile(
    r"^(?:请|麻烦|帮我?|给我|我想|想|我要|再|也|顺便|能不能|可以)*(?:查询?|搜)(?:一下|一查|下|查|一)?(?:我家?的?|这个|那个|[,: ])*"
)
_KEEP_THAT = re.compile(
    rf"(?:那|就|请|麻烦|帮我|给我|把它|把这个|这个|也|都)*{things_asked.ADDED}(?:吧|了|谢谢|可以吗|行吗|好吗)*[。.!?]?"
)
_KEPT_TOO = re.compile(things_asked.KEPT_TOO)
_HOW_TOLD = re.compile(
    r"(?:那|以后|有了?新?的?(?:召回)?|公告|消息|到时候?|你们?|怎么|咋|如何|在哪里?|从哪里?|能|会|要|可以|才|我)*(?:收到|通知|告诉|提醒|看到|知道)(?:我|通知|消息|召回)*(?:吗|呢|啊)?[?？]?"
)
_BESIDE = re.compile(
    r"我们?家?(?:里|的)?|家里|有|买了?|刚|新|用着?|的是|是|[一这那]|[个台款部]|[辆件只把]|牌子?|型号|的|呢|了|吗|吧|啊"
    r"|[\s,。.!?、:;/-]"
)


def asked(session: Session, who: Person, text: str) -> Answered | None:
    """What a folded message means that names a thing and says nothing of it; None where it says more.

    Behind an answer about a recall, or about a thing that was kept, 「还有…」 is one more of these; a bare
    name is asked what it is for. Where another question stands above, a bare name answers that.
    """
    if len(text) > LONGEST:
        return None
    if _KEEP_THAT.fullmatch(text):
        return Answered(KEEP_IT) if _stands_above(session, who) == "recall" else None
    if _HOW_TOLD.fullmatch(text):
        return _how_told(who) if _stands_above(session, who) == "kept" else None
    if (named := _LOOK.sub("", text)) != text:
        is_one = _is_thing(session, named, most=LEAD)
        return Answered(_sentence("look_up", named)) if is_one else None
    named = _KEPT_TOO.sub("", _MORE.sub("", text))
    is_more = named != text
    if not _is_thing(session, named, most=LEAD if is_more else 0):
        return None
    above = "kept" if _KEPT_TOO.search(text) else _stands_above(session, who)
    if above == "question" or (above == "recall" and not is_more):
        return None
    if above is not None:
        return Answered(_sentence("look_up" if above == "recall" else "keep", named))
    return None if re.search(r"\d", named) else _which(named)  # a model is named for its recall


def _how_told(who: Person) -> Answered:
    here = "page" if people.is_on_our_own(who) else "here"
    return Answered(None, f"follow_will_tell_{here}", ((words("my_things"), things_asked.LIST),))


def _which(named: str) -> Answered:
    """The question what a thing is named for; each button says a whole sentence."""
    choices = [(row["title"], row["asks"].format(name=named)) for row in _wordings()["choices"]]
    return Answered(None, "thing_alone", tuple(choices))


def _wordings() -> Mapping[str, Any]:
    asks: Mapping[str, Any] = load("wording")["thing_alone_asks"]
    return asks


def _sentence(key: str, name: str) -> str:
    """What Rasa reads instead: a sentence that says what the thing is named for."""
    return str(_wordings()[key]).format(name=name)


def _stands_above(session: Session, who: Person) -> str | None:
    """What the last reply was about: a recall, a thing kept (or asked for), another question, or else."""
    rows = people.last_replies(session, who)
    told = "".join(row["text"] for row in rows)
    titles = {one["title"] for row in rows for one in row.get("buttons", ())}
    if any("recall" in (row.get("data") or {}) for row in rows):
        return "recall"
    if words("my_things") in titles or told == words("follow_what"):
        return "kept"
    return "question" if "？" in told and told != words("thing_alone") else None


def _is_thing(session: Session, text: str, most: int) -> bool:
    """Whether the text is made of product words, brands and a model alone, and of one product at least.

    So many characters before a product that ends the text may be anything else.
    """
    folded = fold(text)
    spans = vocabulary().spans(folded)
    if not spans:
        return False
    rest = "".join(
        one for at, one in enumerate(folded) if not any(s <= at < e for s, e, _ in spans)
    )
    index, _ = recalls.indexed(session)
    named = recall_question.read(index, text)
    for name in (*named.brands, named.other_brand, *(code.typed for code in named.codes)):
        rest = rest.replace(fold(name or ""), "") if name else rest
    left = len(_BESIDE.sub("", rest))
    return left == 0 or (left <= most and spans[-1][1] == len(folded))
