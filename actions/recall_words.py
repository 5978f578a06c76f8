"""What is said of recalls, shared by the turns: the library's answer in words. Knows no turn."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from actions.turn import Turn
from bot.casework import recall_sources, recalls
from bot.library import load, words

MOST_LISTED = 3
ASKS_BACK = ("ask_brand", "ask_model")


def look_up(turn: Turn, text: str) -> recalls.Answer:
    """The library's answer to the words and to what Rasa marked in the last message."""
    return recalls.find(
        turn.session, text, brand=turn.entity("brand"), model=turn.entity("model"),
        product=turn.entity("product"),
    )  # fmt: skip


def say_answer(
    turn: Turn, answer: recalls.Answer, buttons: Sequence[Mapping[str, str]] = ()
) -> None:
    """The conclusion first, then what to do; the top notice is named for the scores."""
    top = answer.matches[0].notice.notice_no if answer.matches else None
    data = {"kind": answer.kind, "top": top,
            "notices": [match.notice.notice_no for match in answer.matches]}  # fmt: skip
    turn.tell(answer_text(turn, answer), buttons, {"recall": data})


def day_and_list(turn: Turn, answer: recalls.Answer) -> Mapping[str, object]:
    as_of = answer.as_of.isoformat() if answer.as_of else words("recall_no_date")
    listed = _listed(match.notice for match in answer.matches) or words("recall_none_listed")
    return {"as_of": as_of, "count": recalls.count(turn.session), "list": listed}


def answer_text(turn: Turn, answer: recalls.Answer) -> str:
    """One of the answers of wording.yml, filled; always with the day the library stands at."""
    values: dict[str, object] = dict(day_and_list(turn, answer))
    if answer.kind == "not_in_library" and answer.door is not None:
        values |= {"subject": answer.door.subject, "door": answer.door.reply}
    if answer.matches:
        values |= match_values(answer.matches[0])
    rows = [words(f"recall_{answer.kind}", **values)]
    rows += _more(answer)
    if answer.kind not in ("not_found", "not_in_library"):
        rows.append(words("recall_as_of", as_of=values["as_of"]))
    if answer.kind != "not_in_library":
        rows.append(recall_sources.stale_text(turn.session, answer.as_of, turn.now))
    return "\n".join(filter(None, rows))


def _more(answer: recalls.Answer) -> Iterable[str]:
    if answer.near:
        models = dict.fromkeys(near.model for near in answer.near)
        yield words("recall_ask_near", models=words("and").join([*models][:MOST_LISTED]))
    if answer.same_model and answer.wrong_brand:
        owners = dict.fromkeys(m.notice.brand or m.notice.title for m in answer.same_model)
        yield words("recall_wrong_brand", wrong=answer.wrong_brand, brand=words("and").join(owners))
    if answer.out_of_spans:
        yield words("recall_out_of_spans", **match_values(answer.out_of_spans[0]))
    others = answer.brand_notices or [match.notice for match in answer.matches[1:]]
    if others and answer.kind not in ASKS_BACK:
        yield words("recall_other_models", list=_listed(others))


def _listed(notices: Iterable[Any]) -> str:
    return words("joint").join(
        words(
            "recall_list_row",
            title=notice.product_name or notice.title,
            published=_published(notice.published_on),
            models=words("and").join(notice.models[:MOST_LISTED]) or words("recall_not_told"),
        )
        for notice in list(notices)[:MOST_LISTED]
    )


def _published(day: Any) -> str:
    return day.isoformat() if day is not None else words("recall_no_date")


def match_values(match: recalls.Match) -> Mapping[str, object]:
    notice = match.notice
    labels = load("wording")["recall_labels"]
    evidence = words("and").join(
        words("recall_evidence", field=labels.get(field, field), value=value)
        for field, value in match.evidence
    )
    in_doubt = "phone_length" in (notice.doubts or ())
    phone_words = "recall_phone_doubtful" if in_doubt else "recall_phone"
    phone = words(phone_words, phone=notice.contact_phone) if notice.contact_phone else ""
    return {
        "title": notice.title,
        "publisher": notice.publisher or words("recall_no_publisher"),
        "published": _published(notice.published_on),
        "hazard": notice.hazard or words("recall_not_told"),
        "remedy": notice.remedy or words("recall_no_remedy"),
        "phone": phone,
        "evidence": evidence,
        "check": match.check or words("recall_check_default"),
    }
