"""MESSAGE to QUESTION: what Rasa is asked, or what is replied without it. Knows no HTTP, no Rasa."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import hearing_offers, hearing_privacy, hearing_things
from bot.casework import (
    callbacks,
    choices,
    disputes,
    evidence,
    label_notice,
    links,
    moments,
    negotiations,
    own_disputes,
    people,
    privacy,
    reminders,
    things,
    things_asked,
    things_completing,
)
from bot.casework.records import OfferedButton, Person
from bot.library import load, words
from bot.messages import Message
from bot.rasa import Question, Row
from bot.reading import answers, folding, phones, small_talk

LONGEST = 2000  # characters of one message that are understood; the whole of it is kept
CONFIRMS = ("/affirm", "/deny")
DOUBLE_TAP = timedelta(minutes=2)
SURE_FOR = timedelta(hours=1)  # so long one knows what the button under a deletion will delete


@dataclass(frozen=True)
class Heard:
    """What becomes of a message: a question for Rasa, or rows that are replied at once.

    With rows, the question is only told to Rasa afterwards: the reply does not depend on it.
    `forgets` is the key of a person who was erased, message and all: Rasa is to forget that talk.
    `photos` are copies whose labels are to be read behind the reply's back.
    """

    question: Question | None = None
    ready: list[Row] | None = None
    forgets: str | None = None
    photos: tuple[bytes, ...] = ()


def prepared(files: Sequence[evidence.File]) -> list[evidence.Prepared | str]:
    """The files looked at, before any transaction; in place of a refused one the key of the reason."""
    looked_at: list[evidence.Prepared | str] = []
    for file in files:
        try:
            looked_at.append(evidence.prepared(file))
        except evidence.Refused as refusal:
            looked_at.append(refusal.key)
    return looked_at


def without_numbers(typed: str) -> tuple[str, bool]:
    """A message without phone and id numbers, and whether there were any; else as it was typed."""
    redacted, found_phones, found_ids = phones.redact(folding.plain(typed))
    had_numbers = bool(found_phones or found_ids)
    return (redacted if had_numbers else typed), had_numbers


def of_one_length(text: str) -> str:
    """A text as long in small letters: of all characters İ alone becomes two, and Rasa's places shift."""
    return text.replace("\u0130", "I")


# ── with a session; the caller commits ───────────────────────────────────────


def interpret(
    session: Session,
    who: Person,
    message: Message,
    files: Sequence[evidence.Prepared | str],
    *,
    asks_in_chat: bool,
    has_officers: bool,
    reads_labels: bool = False,
    now: datetime,
) -> Heard:
    """Decide what Rasa is asked. Only buttons that we sent may carry an intent."""
    urgent = answered_at_once(session, who, message, files, now, has_officers=has_officers)
    if urgent is not None:
        return urgent
    if message.button_id:
        return _pressed(session, who, message, now)
    if message.unread:
        return Heard(ready=[_row(f"unread_{message.unread}", "unread_other")])
    text = of_one_length(folding.plain(message.text))
    looks = reads_labels and label_notice.is_looked_at(session, who, text, now)
    before, photos = _keep_files(session, who, message, files, now, looks=looks)
    if before and not text:
        return Heard(Question("/send_evidence", before=before), photos=photos)
    asked = _asked(session, who, message, text, before, asks_in_chat, now)
    return replace(asked, photos=photos)


def _asked(
    session: Session, who: Person, message: Message, text: str, before: list[Row],
    asks_in_chat: bool, now: datetime,
) -> Heard:  # fmt: skip
    """What Rasa is asked of typed words; `before` is said in front of its answer."""
    refused = _refusal(text)
    if refused == "no_words" and disputes.asking(session, who):  # the open question is put again
        return Heard(Question("/nlu_fallback", before=before))
    if refused:
        return Heard(ready=[*before, {"text": words(refused)}])
    command = _command(text)
    if command:
        _stop_waiting(session, who)
        return Heard(Question(f"/{command}", words=text, before=before))
    settled = _waited_for(session, who, message.text, before) or _own_data(text, before)
    if settled is not None:
        return settled
    before += [{"text": words("too_long", limit=LONGEST)}] if len(text) > LONGEST else []
    text = text[:LONGEST]
    # 「取消」 is no refusal of a phone, and 「别再提醒我了」 none of a question.
    is_stop = answers.is_stop(text) or hearing_offers.deletes_dispute(text)
    is_over = is_stop and disputes.asking(session, who)
    if turned := "/stop" if is_over else _about_things(session, who, text):
        return Heard(Question(turned, words=text, before=before))
    if disputes.asking(session, who) is None:
        meant = hearing_offers.answered(session, who, text) or hearing_things.asked(
            session, who, text
        )
        if meant is not None:
            return _meant(session, who, meant, text, before, now)
    step = _contact_step(session, who, text, now, asks_in_chat or people.is_on_our_own(who))
    if step:
        return Heard(Question(step, before=before))
    number = disputes.number_in(text)
    if number and disputes.by_number(session, who, number):  # else it reads like a product's model
        return Heard(Question("/query_progress", words=text, before=before))
    shown, had_numbers = without_numbers(message.text)
    before += [{"text": words("number_not_kept")}] if had_numbers else []
    redacted, _, _ = phones.redact(text)
    is_bare, courtesy = had_numbers and phones.is_bare(redacted), small_talk.courtesy(text)
    if (is_bare or courtesy) and disputes.asking(session, who) is None:
        return Heard(ready=[*before, {"text": words(courtesy)}] if courtesy else before)
    return Heard(Question(redacted, " ".join(shown.split())[:LONGEST], before))


def _meant(
    session: Session, who: Person, meant: hearing_offers.Answered, text: str, before: list[Row],
    now: datetime,
) -> Heard:  # fmt: skip
    """What a message under the last reply means: a sentence alone, or a question with one before."""
    said = [*before, *([{"text": words(meant.sentence)}] if meant.sentence else [])]
    if meant.payload is not None:
        shown, _ = without_numbers(meant.words or text)
        return Heard(Question(meant.payload, words=shown, before=said))
    if meant.buttons:
        buttons = [{"title": title, "payload": payload} for title, payload in meant.buttons]
        said[-1] = offered(session, who, {**said[-1], "buttons": buttons}, now)
    return Heard(ready=said)


def answered_at_once(
    session: Session,
    who: Person,
    message: Message,
    files: Sequence[evidence.Prepared | str],
    now: datetime,
    *,
    has_officers: bool,
) -> Heard | None:
    """The reply to what cannot wait for Rasa, which is told to set its forms aside; else None.

    What came along is kept without a word, but nothing of a child's.
    """
    found = moments.answer_at_once(
        session, who, message.message_id, message.text, now, has_officers=has_officers
    )
    if found and not found.is_child:
        _keep_files(session, who, message, files, now)
    return Heard(Question("/set_aside", found.words), found.rows) if found else None


def _row(key: str, otherwise: str) -> Row:
    return {"text": words(key if key in load("wording") else otherwise)}


def _pressed(session: Session, who: Person, message: Message, now: datetime) -> Heard:
    """A button's payload. An answer counts once, and a yes only under the newest summary."""
    _stop_waiting(session, who)
    button = people.pressed(session, who, str(message.button_id))
    if button is None:
        return Heard(ready=[{"text": words("button_gone")}])
    if button.payload == privacy.payload("delete_sure"):
        return _erased(session, who, button, now)
    if button.payload in CONFIRMS and people.is_offered_again(session, button):
        return Heard(ready=[{"text": words("button_old")}])
    is_answer = button.payload in CONFIRMS or not button.payload.startswith("/")
    if is_answer and button.pressed_by not in (None, message.message_id):
        return Heard(ready=_said_before(session, who, button, now))
    button.pressed_by = message.message_id
    return Heard(Question(button.payload, button.title))


def _erased(session: Session, who: Person, button: OfferedButton, now: datetime) -> Heard:
    """Delete the person's data here, with this very message: Rasa could not answer for who is gone.

    Only under the newest list of what goes, and while it is fresh; else the list is shown again.
    """
    if people.is_offered_again(session, button) or now - button.offered_at > SURE_FOR:
        return Heard(Question(privacy.payload("delete"), button.title))
    key, is_ours = who.key, people.is_on_our_own(who)
    left = privacy.stays_text(privacy.erase(session, who, now))
    said = [
        words("data_erased"),
        left,
        words("data_elsewhere_web" if is_ours else "data_elsewhere"),
    ]
    return Heard(ready=[{"text": "\n".join(one for one in said if one)}], forgets=key)


def _stop_waiting(session: Session, who: Person) -> None:
    negotiations.stop_writing(session, who)
    own_disputes.stop_adding(session, who)


def _waited_for(session: Session, who: Person, typed: str, before: list[Row]) -> Heard | None:
    """What is written after 「回复商家」 goes to the shop, after 「补充」 to the dispute, and nowhere else."""
    is_over = answers.is_stop(folding.plain(typed))
    to_shop, added_to = negotiations.writing(session, who), own_disputes.adding(session, who)
    if to_shop is not None:
        payload = choices.payload(to_shop.dispute, "no_words" if is_over else "words")
        refused = "number_not_passed_on"
    elif added_to is not None:
        payload = choices.payload(added_to, "no_more" if is_over else "more")
        refused = "number_not_kept"
    else:
        return None
    shown, had_numbers = without_numbers(typed)
    before += [{"text": words(refused)}] if had_numbers else []
    return Heard(Question(payload, shown, before))


def _own_data(text: str, before: list[Row]) -> Heard | None:
    """What Rasa is asked where a message is about the citizen's own data; else None."""
    choice = hearing_privacy.asked(text)
    return Heard(Question(privacy.payload(choice), text, before)) if choice else None


def _said_before(session: Session, who: Person, button: OfferedButton, now: datetime) -> list[Row]:
    """A double tap hears the same again; a press long after the first is told that it is too old."""
    first = people.find_heard(session, who, str(button.pressed_by))
    if first is not None and now - first.heard_at < DOUBLE_TAP:
        before = people.replies_of(first)
        if before is not None:
            return before
    return [{"text": words("button_old")}]


def _refusal(text: str) -> str | None:
    """The sentence for what Rasa must not see: nothing, an unknown command, no word at all."""
    if not text:
        return "empty"
    if text.startswith("/"):
        return None if _command(text) else "slash"
    return None if re.search(r"\w", text) else "no_words"


def _command(text: str) -> str | None:
    """The intent of a command such as /start or /cancel@OurBot, by commands.yml."""
    name = re.match(r"/([A-Za-z_]+)(?:@\w+)?(?:\s|$)", text)
    found = load("commands")["commands"].get(name[1].lower()) if name else None
    return found and str(found["intent"])


def _about_things(session: Session, who: Person, text: str) -> str | None:
    """What Rasa is asked of a message about the things kept; a model only where nothing else is asked."""
    if found := things_asked.asked(text):
        return found
    if name := things_asked.one_to_delete(text):
        own = things.named(session, who, name)
        if own:
            return things_asked.delete(own[0].id) if len(own) == 1 else things_asked.LIST
    is_busy = disputes.asking(session, who) is not None or callbacks.is_asking(session, who)
    if is_busy or without_numbers(text)[1]:
        return None
    return things_completing.asked(session, who, text)


def _contact_step(
    session: Session, who: Person, text: str, now: datetime, may_be_given: bool
) -> str | None:
    """Contact details do not pass through Rasa: they are taken here, and Rasa hears that they were.

    They are taken once the citizen was told what for; a number that comes earlier is dropped.
    """
    hours = callbacks.hours_told(session, who, text)
    if hours:
        return f'/choose_hours{{"hours":"{hours}"}}'
    asked = disputes.asking(session, who)
    if callbacks.waiting_for_phone(session, who):
        asked = "contact"
    is_refused = asked == "contact" and (answers.is_unknown(text) or answers.is_no(text))
    if is_refused or (asked is not None and hearing_privacy.keeps_contact(text)):
        return "/withhold_contact"
    given = phones.contact(text)
    if who.told_at is None or not given.phone or not may_be_given:
        return None
    is_for_lodged = asked is None and reminders.is_answered_by(session, who, text)
    if asked is None and not is_for_lodged:
        return None
    contact = people.Contact(phone=given.phone, name=given.name, address=given.address)
    people.give_contact(who, contact, now)
    if is_for_lodged:
        reminders.given(session, who)
    return "/give_contact"


# ── evidence ──


def _keep_files(
    session: Session,
    who: Person,
    message: Message,
    files: Sequence[evidence.Prepared | str],
    now: datetime,
    *,
    looks: bool = False,
) -> tuple[list[Row], tuple[bytes, ...]]:
    """Keep what came along, and say how many were kept and which were not; the photos to look at."""
    caption, _ = without_numbers(message.text)
    kept: list[evidence.Prepared] = []
    refused: list[str] = []
    for place, file in enumerate(files):
        source = f"{message.channel}:{message.message_id}:{place}"
        try:
            if isinstance(file, str):
                raise evidence.Refused(file)
            evidence.keep(
                session, who, file, source=source, message_id=message.message_id,
                caption=caption, now=now,
            )  # fmt: skip
            kept.append(file)
        except evidence.Refused as refusal:
            refused.append(refusal.key)
    photos = tuple(one.shown for one in kept if one.kind == "photo" and one.shown) if looks else ()
    rows = [_kept_row(kept, looks=bool(photos))] if kept else []
    rows += joined(session, who, now) if kept else []
    rows += [{"text": words(key)} for key in dict.fromkeys(refused)]
    return rows, photos[: label_notice.MOST_PHOTOS]


def _kept_row(kept: Sequence[evidence.Prepared], *, looks: bool = False) -> Row:
    if looks:
        return {"text": load("labels")["looks"].format(count=len(kept))}
    kinds = {file.kind for file in kept}
    kind = kinds.pop() if len(kinds) == 1 else "document"
    return {"text": words(f"kept_{kind}", count=len(kept))}


def joined(session: Session, who: Person, now: datetime) -> list[Row]:
    """Let evidence join the draft, or what was lodged of late; a row where the latter was so."""
    dispute = (
        own_disputes.adding(session, who)
        or disputes.draft(session, who)
        or disputes.lodged_lately(session, who, now)
    )
    if dispute is None or not evidence.attach(session, who, dispute, now):
        return []
    if dispute.state == "draft":
        return []
    return [{"text": words("kept_with", number=disputes.number_text(dispute.number or ""))}]


def offered(session: Session, who: Person, row: Row, now: datetime) -> dict[str, Any]:
    """The row with its buttons kept, so that they can be pressed; an address becomes a link."""
    buttons = [_offered(session, who, one, now) for one in row.get("buttons", ())]
    return {**row, "buttons": buttons}


def _offered(session: Session, who: Person, one: dict[str, str], now: datetime) -> dict[str, Any]:
    if one["payload"].startswith(("https://", "http://", "tel:")):
        return {"id": "", "title": one["title"], "url": one["payload"]}
    if one["payload"].startswith(links.HERE):  # a page beside the chat page
        return {"id": "", "title": one["title"], "url": one["payload"].removeprefix(links.HERE)}
    button_id = people.offer_button(session, who, one["title"], one["payload"], now)
    return {"id": button_id, "title": one["title"], "url": None}
