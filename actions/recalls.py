"""Turns about recalls: the lookup with its question back, and the things a person follows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions import things as kept
from actions.guidance_words import remember, say_if_sure
from actions.moments import care_if_hurt
from actions.turn import Turn, TurnAction
from bot.casework import recall_reach, recall_sources, recalls, things
from bot.casework.records import Dispute
from bot.library import load, words

FORM = "recall_form"
MOST_LISTED = 3
ASKS_BACK = ("ask_brand", "ask_model")
UNNAMED = ("ask_brand", "not_in_library")
NAMES_A_THING = ("brand", "product", "model")
IDENTIFIES = {"model", "batch", "barcode"}
LEAVES = ("file_complaint", "stop", "ask_rights", "report_injury", "ask_human", "subscribe_recall",
          "query_progress", "withdraw_callback", "renew_link", "not_resolved", "withdraw_dispute",
          "settled")  # fmt: skip


class ValidateRecallForm(TurnAction):
    """Answers a recall question; where brand or model decides, it asks once and answers then."""

    def name(self) -> str:
        return "validate_recall_form"

    def take(self, turn: Turn) -> list[EventType]:
        asked = turn.tracker.get_slot("requested_slot")
        named = named_by_button(turn)
        if named is not None:
            return self._take_named(turn, named)
        if asked and turn.intent == "send_evidence":  # what was read on it comes as a notice
            turn.say("utter_recall_detail")
            return [SlotSet("recall_detail", None), SlotSet("requested_slot", asked)]
        before = turn.tracker.get_slot("recall_text") if asked else None
        told = turn.tracker.get_slot("told") if turn.is_button else None
        if care_if_hurt(turn):
            _ = say_if_recalled(turn)
            return [SlotSet("recall_text", None), SlotSet("requested_slot", None), remember(turn)]
        if asked and (turn.is_button or turn.intent in LEAVES) and turn.confidence >= 0.6:
            return []
        if turn.intent == "query_recall" and turn.entity("product"):
            before = None  # a question of its own, not the answer to the last one
        text = told["text"] if told else " ".join(filter(None, (before, turn.text)))
        if turn.is_button and not told:
            turn.say("utter_recall_detail")
            return [SlotSet("recall_text", None), SlotSet("requested_slot", "recall_detail")]
        answer = look_up(turn, text)
        if asked and answer.kind in ASKS_BACK:  # asked once: now it is answered with what is there
            turn.tell(words("recall_without_detail", **_day_and_list(turn, answer)))
        elif answer.kind != "ask_brand":
            say_answer(turn, answer, _may_keep(answer))
        # 「婴儿车被召回，邮费谁出」 asks about rights: no brand is needed to answer it.
        is_answered = not asked and answer.kind in UNNAMED and say_if_sure(turn)
        if not asked and answer.kind == "ask_brand" and not is_answered:
            say_answer(turn, answer)
        waits = asked is None and answer.kind in ASKS_BACK and not is_answered
        return [
            SlotSet("recall_text", text if waits else None),
            SlotSet("told", {"text": text, "shown": text, "entities": turn.entities}),
            SlotSet("requested_slot", "recall_detail" if waits else None),
        ]

    def _take_named(self, turn: Turn, named: str) -> list[EventType]:
        """Look up what a button names; one that names nothing asks for it to be typed."""
        told = {"text": named, "shown": named, "entities": turn.entities} if named else None
        if named:
            answer = look_up(turn, named)
            say_answer(turn, answer, _may_keep(answer))
        else:
            turn.say("utter_recall_detail")
        wanted = None if named else "recall_detail"
        return [
            SlotSet("recall_text", None), SlotSet("told", told), SlotSet("requested_slot", wanted),
        ]  # fmt: skip


class AnswerRecall(TurnAction):
    """Answers a recall question in the middle of something else, without asking back."""

    def name(self) -> str:
        return "action_answer_recall"

    def take(self, turn: Turn) -> list[EventType]:
        say_answer(turn, look_up(turn, named_by_button(turn) or turn.text))
        return []


def named_by_button(turn: Turn) -> str | None:
    """The thing that a button carries, as under what was read on a photo; None of any other message."""
    values = [str(e["value"]) for e in turn.entities if e["entity"] in NAMES_A_THING]
    return " ".join(filter(None, values)) if turn.is_button and values else None


def say_if_recalled(turn: Turn) -> bool:
    """Tell of a recall where the message names the very thing; whether it did."""
    if turn.is_button:
        return False
    answer = look_up(turn, turn.text)
    named = answer.kind in ("covered", "may_be_covered") and any(
        field in IDENTIFIES for match in answer.matches for field, _ in match.evidence
    )
    if named:
        say_answer(turn, answer)
    return named


def say_if_thing_is_recalled(turn: Turn, dispute: Dispute) -> None:
    """Tell the remedy of a recall where the thing that a dispute is about has one."""
    match = recall_reach.of_dispute(turn.session, dispute)
    if match is not None:
        turn.tell(words("recalled_too", **_match_values(match)))


def look_up(turn: Turn, text: str) -> recalls.Answer:
    """The library's answer to the words and to what Rasa marked in the last message."""
    return recalls.find(
        turn.session, text, brand=turn.entity("brand"), model=turn.entity("model"),
        product=turn.entity("product"),
    )  # fmt: skip


def _may_keep(answer: recalls.Answer) -> list[dict[str, str]]:
    """The button that keeps the thing asked about, where a notice of it can come."""
    may = answer.kind in ("covered", "may_be_covered", "not_found")
    return [kept.button(words("keep_it"), "keep")] if may else []


def say_answer(
    turn: Turn, answer: recalls.Answer, buttons: Sequence[Mapping[str, str]] = ()
) -> None:
    """The conclusion first, then what to do; the top notice is named for the scores."""
    top = answer.matches[0].notice.notice_no if answer.matches else None
    data = {"kind": answer.kind, "top": top,
            "notices": [match.notice.notice_no for match in answer.matches]}  # fmt: skip
    turn.tell(answer_text(turn, answer), buttons, {"recall": data})


def _day_and_list(turn: Turn, answer: recalls.Answer) -> Mapping[str, object]:
    as_of = answer.as_of.isoformat() if answer.as_of else words("recall_no_date")
    listed = _listed(match.notice for match in answer.matches) or words("recall_none_listed")
    return {"as_of": as_of, "count": recalls.count(turn.session), "list": listed}


def answer_text(turn: Turn, answer: recalls.Answer) -> str:
    """One of the answers of wording.yml, filled; always with the day the library stands at."""
    values: dict[str, object] = dict(_day_and_list(turn, answer))
    if answer.kind == "not_in_library" and answer.door is not None:
        values |= {"subject": answer.door.subject, "door": answer.door.reply}
    if answer.matches:
        values |= _match_values(answer.matches[0])
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
        yield words("recall_out_of_spans", **_match_values(answer.out_of_spans[0]))
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


def _match_values(match: recalls.Match) -> Mapping[str, object]:
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


class FollowRecalls(TurnAction):
    """Keeps what a person owns or follows, and says at once what the library has on it."""

    def name(self) -> str:
        return "action_follow_recalls"

    def take(self, turn: Turn) -> list[EventType]:
        if turn.is_button:
            turn.tell(words("follow_what"))
            return []
        if kept.turns_away(turn):
            kept.say_list(turn)
            return []
        answer = look_up(turn, turn.text)
        if answer.kind == "not_in_library":  # no notice of it will ever come here
            say_answer(turn, answer)
            return [remember(turn)]
        wish = things.read(
            turn.session, turn.text, brand=turn.entity("brand"), model=turn.entity("model"),
            product=turn.entity("product"), words=turn.shown,
        )  # fmt: skip
        if wish is None:
            turn.tell(words("follow_what"))
            return []
        is_told = wish.kind == things.OWNED and answer.matches
        kept.keep(turn, wish, f"\n{answer_text(turn, answer)}" if is_told else "")
        return [remember(turn)]
