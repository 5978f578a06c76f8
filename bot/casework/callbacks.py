"""RECORD: the wish to be called by a person, its hours and its phone. Knows no Rasa and no channel."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.casework import alerts
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import Person
from bot.library import load
from bot.reading import numerals

# `asking` is "hours" or "phone" while the citizen is asked for it, "later" where they turned to
# something else before all was told, None where all is told.
ASKED = ("hours", "phone")
_BESIDE_HOURS = re.compile(
    rf"[明后今][天儿]?|这?(?:周|星期|礼拜)[{numerals.DIGIT}]|工作日|(?:\d{{1,2}}|[{numerals.DIGIT}十]+)点(?:半|多|钟|左右)?|[以之][后前]|左右"
    r"|方便|打(?:来|给我|过来)?|就|都?可?以?行|可以|吧|请|在|的时候|[给跟]我"
)
LONGEST_HOURS = 10  # characters of an answer that names hours among other words
_STOPS = re.compile(r"[\W_]+")
_TAIL = "吧了呢的啊"
_WAITING = (  # made once, as in people.py
    select(CallbackRequest)
    .where(CallbackRequest.person_id == bindparam("person_id"), CallbackRequest.state == "open")
    .order_by(CallbackRequest.id.desc())
    .limit(1)
)


# ── decisions ────────────────────────────────────────────────────────────────


def hours_in(text: str) -> str | None:
    """The code of `callback_hours` in district.yml that an answer names (下午, 明天下午3点以后), or None."""
    said = _STOPS.sub("", text).rstrip(_TAIL)
    hours = load("district")["callback_hours"]
    whole = [code for code, row in hours.items() if said in row["words"]]
    if whole or len(said) > LONGEST_HOURS:
        return whole[0] if whole else None
    named = {code for code, row in hours.items() for word in row["words"] if _is_about(said, word)}
    return named.pop() if len(named) == 1 else None


def _is_about(said: str, word: str) -> bool:
    """Whether an answer holds the word, and beside it nothing but a day to come, an hour and courtesy."""
    return word in said and not _BESIDE_HOURS.sub("", said.replace(word, "", 1))


# ── with a session; the caller commits ───────────────────────────────────────


def waiting(session: Session, who: Person) -> CallbackRequest | None:
    """This person's open request, or None."""
    return session.scalar(_WAITING, {"person_id": who.id})


def request(session: Session, who: Person, now: datetime) -> CallbackRequest:
    """The person's open request, or a new one; where something is missing, the hours are asked."""
    found = waiting(session, who)
    if found is None:
        found = CallbackRequest(
            person_id=who.id, state="open", hours="any", asking="hours", asked_at=now
        )
        session.add(found)
        session.flush()
    elif found.asking is not None:
        found.asking = "hours"
    return found


def choose_hours(session: Session, who: Person, code: str, now: datetime) -> CallbackRequest:
    """Note when to call; without a phone that is asked next. Raises ValueError for no such hours."""
    if code not in load("district")["callback_hours"]:
        raise ValueError(f"no such hours: {code}")
    found = request(session, who, now)
    is_new = found.asking is not None or found.hours != code
    found.hours = code
    found.asking = None if who.phone else "phone"
    if is_new and found.asking is None:
        _tell_of(session, who, found, now)
    return found


def ask_phone_again(session: Session, who: Person, now: datetime) -> None:
    """The phone that is known is not the one to call."""
    request(session, who, now).asking = "phone"


def is_asking(session: Session, who: Person) -> bool:
    """Whether the last question that was put to this person is one about their call-back."""
    found = waiting(session, who)
    return found is not None and found.asking in ASKED


def waiting_for_phone(session: Session, who: Person) -> bool:
    """Whether this person's call-back is asked a phone for."""
    found = waiting(session, who)
    return found is not None and found.asking == "phone"


def hours_told(session: Session, who: Person, text: str) -> str | None:
    """The hours that a message names while they are asked, or None."""
    found = waiting(session, who)
    return hours_in(text) if found is not None and found.asking == "hours" else None


def phone_given(session: Session, who: Person, now: datetime) -> CallbackRequest | None:
    """The request that the phone completes, or None where none waits for one."""
    found = waiting(session, who)
    if found is None or found.asking not in ("phone", "later") or not who.phone:
        return None
    found.asking = None
    _tell_of(session, who, found, now)
    return found


def leave(session: Session, who: Person) -> None:
    """The citizen turned to something else: the request stays and asks nothing meanwhile."""
    found = waiting(session, who)
    if found is not None and found.asking in ASKED:
        found.asking = "later"


def give_up(session: Session, who: Person, now: datetime) -> bool:
    """The phone was refused: nobody can be called, so the request ends. Whether one waited for it."""
    return waiting_for_phone(session, who) and withdraw(session, who, now)


def withdraw(session: Session, who: Person, now: datetime) -> bool:
    """The citizen wants no call any more; whether a request was open."""
    found = waiting(session, who)
    if found is None:
        return False
    found.state, found.asking, found.done_at = "withdrawn", None, now
    return True


def done(request: CallbackRequest, now: datetime) -> None:
    """An officer has called."""
    request.state, request.asking, request.done_at = "done", None, now


def open_requests(session: Session) -> Sequence[CallbackRequest]:
    """Whom to call, the longest waiting first; those who gave no phone yet are not among them."""
    query = select(CallbackRequest).where(
        CallbackRequest.state == "open", CallbackRequest.asking.is_(None)
    )
    return session.scalars(query.order_by(CallbackRequest.asked_at, CallbackRequest.id)).all()


def _tell_of(session: Session, who: Person, found: CallbackRequest, now: datetime) -> None:
    title = load("district")["callback_hours"][found.hours]["title"]
    alerts.alert(session, who, "callback", title, now)
