"""Words that belong to the last reply: a yes under a deletion, hours for a call-back, more of a recalled thing. Knows no Rasa."""

import re
from typing import NamedTuple

from sqlalchemy.orm import Session

from bot.casework import callbacks, guidance, people, privacy, recall_words
from bot.casework.records import OfferedButton, Person
from bot.reading import answers, folding, phones

CALL_ME = "/request_callback"
SAME_THING = (
    '/query_recall{"choice":"same"}'  # the words are about the thing that was asked about before
)
LONGEST_BEFORE = 60  # characters of the question before, where a message goes on with it
LONGEST = 24  # characters of what is told or asked of that thing

_GOES_ON = re.compile(r"(?:那|要是|如果|万一)?.{2,10}(?:呢|(?:也|还)?(?:能|行|可以|算)吗)[?？]?")
_CODE = re.compile(
    r"(?:(?:型号|牌子)(?:上面|写着|应该|好像|就|是|叫|为|[: ])*)?(?:[\u4e00-\u9fff]{2,4} ?)?(?=[^ ]*\d)[A-Za-z][A-Za-z0-9/_.-]{2,20}(?:的|吧|那款|这款)?"
)
_WHICH_MODEL = re.compile(
    r"(?:不知道|不清楚|不记得|没有?|看不清|找不到|忘了)(?:是)?(?:什么|啥|哪个)?型号(?:了|啊|呢)?|型号(?:我)?(?:不知道|不清楚|没有|看不清|找不到|忘了|在哪里?|怎么看|咋看)(?:了|啊|呢|看|吗)?|(?:怎么|咋|去?哪里?|在哪)(?:能)?看(?:什么)?型号(?:啊|呢)?"
)


class Answered(NamedTuple):
    """What Rasa is asked instead of the words; the key of a sentence said before its answer, or alone."""

    payload: str | None
    sentence: str | None = None


def answered(session: Session, who: Person, text: str) -> Answered | None:
    """What a message means under the reply that stands above it; None where it means itself.

    A deletion is never done by a word: the list is shown again, and that nothing was deleted yet.
    """
    if answers.is_yes(text) and is_offered(session, who, privacy.payload("delete_sure")):
        return Answered(privacy.payload("delete"), "data_not_deleted_yet")
    hours = callbacks.hours_in(text)
    if hours and is_offered(session, who, CALL_ME):
        return Answered(f'/choose_hours{{"hours":"{hours}"}}')
    if len(text) > LONGEST:
        return None
    return _of_the_rule(session, who, text) or _of_the_thing(session, who, text)


def _of_the_rule(session: Session, who: Person, text: str) -> Answered | None:
    """「拆封了呢」 after an answer about a rule goes on with the question before."""
    if not _GOES_ON.fullmatch(text) or guidance.choose(text).is_sure:
        return None
    asked = people.last_answered(session, who)
    rows = (people.replies_of(asked) if asked else None) or []
    is_rule = any(row.get("data", {}).get("guidance", {}).get("id") for row in rows)
    if asked is None or not is_rule:
        return None
    before, _, _ = phones.redact(folding.plain(asked.text)[:LONGEST_BEFORE])
    return Answered(f"{before},{text}")


def _of_the_thing(session: Session, who: Person, text: str) -> Answered | None:
    """A model, a question for it, or whether one may go on using it, after an answer about a recall."""
    asks_which = _WHICH_MODEL.fullmatch(text) is not None
    if not (asks_which or _CODE.fullmatch(text) or answers.asks_if_safe(text)):
        return None
    rows = people.last_replies(session, who)
    kinds = {row["data"]["recall"].get("kind") for row in rows if "recall" in row.get("data", {})}
    if kinds & set(recall_words.ASKS_BACK):  # there Rasa waits for it
        return None
    if asks_which:
        return Answered(None, "where_is_the_model")
    return Answered(SAME_THING) if kinds else None


def is_offered(session: Session, who: Person, payload: str) -> bool:
    """Whether the last reply to this person had a button of that payload."""
    rows = people.last_replies(session, who)
    ids = [one["id"] for row in rows for one in row.get("buttons", ()) if one["id"]]
    found = (session.get(OfferedButton, one) for one in ids)
    return any(one is not None and one.payload == payload for one in found)
