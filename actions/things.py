"""Turns about what a citizen owns and follows: kept, listed, deleted."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import EventType

from actions import things_completing
from actions.turn import Turn, TurnAction
from bot.casework import disputes, people, recall_calls, things, things_asked, tips
from bot.casework.records import Thing
from bot.casework.things import Wish
from bot.library import label, load, words
from bot.reading import phones

SHOWN = 10  # things of one reply, each with its button
LONGEST_TITLE = 18  # characters of a thing's name on a button


class ManageThings(TurnAction):
    """Lists what this person owns and follows, keeps what they asked about, deletes what they say."""

    def name(self) -> str:
        return "action_manage_things"

    def take(self, turn: Turn) -> list[EventType]:
        number = turn.entity("number") or ""
        match turn.entity("choice"):
            case "keep":
                _keep_told(turn)
            case "complete":
                things_completing.complete(turn, number)
            case "not_same":
                turn.tell(words("complete_not_same"), [button(words("keep_it"), "keep"), to_list()])
            case "calls_yes":
                is_there = recall_calls.agree(turn.who, turn.now)
                turn.tell(words("calls_agreed" if is_there else "calls_no_phone"))
            case "calls_no":
                recall_calls.refuse(turn.who)
                turn.tell(words("calls_refused"))
            case "delete":
                _delete(turn, number)
            case "delete_all":
                _ask_to_delete_all(turn)
            case "follow_tips":
                _follow_tips(turn)
            case "stop_tips":
                tips.stop(turn.session, turn.who)
                turn.tell(load("tips")["stopped"])
            case "delete_all_sure":
                count = things.delete_all(turn.session, turn.who)
                turn.tell(words("things_all_deleted", count=count))
            case _:
                say_list(turn, number)
        return []


def button(title: str, choice: str, number: int | None = None) -> dict[str, str]:
    """A button that carries a choice about the person's things, or about the thing of that id."""
    about = "" if number is None else f'"number":"{number}",'
    return {"title": title, "payload": f'/manage_things{{{about}"choice":"{choice}"}}'}


def to_list() -> dict[str, str]:
    """The button that shows the person's things."""
    return button(words("my_things"), "list")


def say_list(turn: Turn, before: str = "") -> None:
    """What this person owns and follows, the newest first; with `before`, what is older than that id."""
    own = things.of_person(turn.session, turn.who)
    if not own:
        turn.tell(words("things_none"))
        return
    older = [one for one in own if not before.isdecimal() or one.id < int(before)]
    shown = older[:SHOWN] or own[:SHOWN]
    buttons = [button(words("delete_one", name=_short(one)), "delete", one.id) for one in shown]
    if len(older) > SHOWN:
        buttons.append(button(words("things_more"), "list", shown[-1].id))
    if len(own) > 1:
        buttons.append(button(words("delete_all"), "delete_all"))
    if turn.who.calls_agreed_at is not None:
        buttons.append(button(words("calls_stop"), "calls_no"))
    rows = "\n".join(map(_row, shown))
    turn.tell(words("things_list", count=len(own), list=rows), buttons)


def keep(turn: Turn, wish: Wish, found: str = "") -> None:
    """Keep a wish, and say what is kept, what the library has on it, and what will come."""
    try:
        thing = things.keep(turn.session, turn.who, wish, turn.now)
    except things.Full:
        turn.tell(words("follow_full", most=things.MOST), [to_list()])
        return
    here = "page" if people.is_on_our_own(turn.who) else "here"
    name = things.name(thing)
    lines = [words("follow_noted", name=name, found=found)]
    if wish.is_type:
        lines.append(words("follow_vague", name=name))
    lines.append(words(f"follow_will_tell_{here}"))
    delete = button(words("delete_this"), "delete", thing.id)
    turn.tell("\n".join(lines), [to_list(), delete])
    _ask_for_calls(turn)


def _ask_for_calls(turn: Turn) -> None:
    """Ask once whether officers may call in a grave danger, where only our own page reaches them."""
    if not recall_calls.may_be_asked(turn.who):
        return
    recall_calls.asked(turn.who, turn.now)
    buttons = [button(words(f"calls_{answer}"), f"calls_{answer}") for answer in ("yes", "no")]
    turn.tell(words("calls_ask", phone=phones.mask(turn.who.phone or "")), buttons)


def turns_away(turn: Turn) -> bool:
    """Whether words that Rasa takes for a wish to follow want the contrary, or the list."""
    return things_asked.turns_away(turn.text)


def _keep_told(turn: Turn) -> None:
    """Keep what the citizen asked about last."""
    told: dict[str, Any] = turn.tracker.get_slot("told") or {}
    marked = {one["entity"]: str(one["value"]) for one in told.get("entities", ())}
    wish = told and things.read(
        turn.session, told["text"], brand=marked.get("brand"), model=marked.get("model"),
        product=marked.get("product"), words=told["shown"],
    )  # fmt: skip
    if wish:
        keep(turn, wish)
    else:
        turn.tell(words("follow_what"))


def _follow_tips(turn: Turn) -> None:
    try:
        tips.follow(turn.session, turn.who, turn.now)
    except things.Full:
        turn.tell(words("follow_full", most=things.MOST), [to_list()])
    else:
        turn.tell(load("tips")["followed"], [button(load("tips")["stop"], "stop_tips")])


def _delete(turn: Turn, number: str) -> None:
    gone = things.delete(turn.session, turn.who, number)
    said = words("things_deleted", name=things.name(gone)) if gone else words("things_gone")
    turn.tell(said, _rest(turn))


def _ask_to_delete_all(turn: Turn) -> None:
    own = things.of_person(turn.session, turn.who)
    if not own:
        turn.tell(words("things_none"))
        return
    buttons = [
        button(words("delete_all_sure"), "delete_all_sure"),
        button(words("delete_none"), "list"),
    ]
    turn.tell(words("delete_all_ask", count=len(own)), buttons)


def _rest(turn: Turn) -> Sequence[dict[str, str]]:
    return [to_list()] if things.of_person(turn.session, turn.who) else []


def _row(one: Thing) -> str:
    day = disputes.local_day(one.created_at).isoformat()
    return words("things_row", name=things.name(one), kind=label("thing", one.kind), day=day)


def _short(one: Thing) -> str:
    name = things.name(one)
    return name if len(name) <= LONGEST_TITLE else f"{name[:LONGEST_TITLE]}…"
