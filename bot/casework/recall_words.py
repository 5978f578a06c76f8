"""How an answer to a recall question reads, in the talk as on the page: never that a thing is safe."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.casework import recall_sources, recalls
from bot.casework.records import Recall
from bot.library import load, words

MOST_LISTED = 3  # notices, or models of one, that a line names
ASKS_BACK = ("ask_brand", "ask_model")


def answer(session: Session, found: recalls.Answer, now: datetime) -> str:
    """One of the answers of wording.yml, filled; always with the day the library stands at."""
    values: dict[str, object] = dict(_count_and_list(session, found))
    if found.kind == "not_in_library" and found.door is not None:
        values |= {"subject": found.door.subject, "door": found.door.reply}
    if found.matches:
        values |= match_values(found.matches[0])
    rows = [words(f"recall_{found.kind}", **values)]
    rows += _more(found)
    if found.kind != "not_in_library":
        rows.append(_day(session, found, now))
    return "\n".join(filter(None, rows))


def without_detail(session: Session, found: recalls.Answer, now: datetime) -> str:
    """The answer to who was asked for brand or model and could not tell; with the day as well."""
    said = words("recall_without_detail", **_count_and_list(session, found))
    return "\n".join(filter(None, (said, _day(session, found, now))))


def _day(session: Session, found: recalls.Answer, now: datetime) -> str:
    """The day the library stands at, and whether it stands still; nothing of an empty one."""
    if found.as_of is None:
        return ""
    stale = recall_sources.stale_text(session, found.as_of, now)
    return words("recall_as_of", as_of=found.as_of, stale=stale)


def _count_and_list(session: Session, found: recalls.Answer) -> Mapping[str, object]:
    """How many notices the library holds, and those of the answer."""
    listed = _listed(match.notice for match in found.matches) or words("recall_none_listed")
    return {"count": recalls.count(session), "list": listed}


def match_values(match: recalls.Match) -> Mapping[str, object]:
    """What the sentences of wording.yml say of a notice, and how it matches."""
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
        "published": published(notice.published_on),
        "hazard": notice.hazard or words("recall_not_told"),
        "remedy": notice.remedy or words("recall_no_remedy"),
        "phone": phone,
        "evidence": evidence,
        "check": match.check or words("recall_check_default"),
    }


def published(day: date | None) -> str:
    """The day of a notice, or that it has none."""
    return day.isoformat() if day is not None else words("recall_no_date")


def _more(found: recalls.Answer) -> Iterable[str]:
    if found.near:
        models = dict.fromkeys(near.model for near in found.near)
        yield words("recall_ask_near", models=words("and").join([*models][:MOST_LISTED]))
    if found.same_model and found.wrong_brand:
        owners = dict.fromkeys(m.notice.brand or m.notice.title for m in found.same_model)
        yield words("recall_wrong_brand", wrong=found.wrong_brand, brand=words("and").join(owners))
    if found.out_of_spans:
        yield words("recall_out_of_spans", **match_values(found.out_of_spans[0]))
    others = found.brand_notices or [match.notice for match in found.matches[1:]]
    if others and found.kind not in ASKS_BACK:
        yield words("recall_other_models", list=_listed(others))


def _listed(notices: Iterable[Recall]) -> str:
    return words("joint").join(
        words(
            "recall_list_row",
            title=notice.product_name or notice.title,
            published=published(notice.published_on),
            models=words("and").join(notice.models[:MOST_LISTED]) or words("recall_not_told"),
        )
        for notice in list(notices)[:MOST_LISTED]
    )
