"""Turns about reports (举报): told what one is, and led to its page. Nothing is reported in the talk."""

from rasa_sdk.events import EventType

from actions.guidance_words import remember, say_if_sure
from actions.moments import say
from actions.turn import Turn, TurnAction
from bot import settings
from bot.casework import links, moments, people
from bot.library import words
from bot.reading import answers, demands
from bot.reading import moments as moments_read


class ExplainReport(TurnAction):
    """Tells how a report differs from a dispute, and offers both ways: they become two records."""

    def name(self) -> str:
        return "action_explain_report"

    def take(self, turn: Turn) -> list[EventType]:
        explain(turn)
        return [remember(turn)]


def explain(turn: Turn) -> None:
    """What a report is and both ways; before it what would show the shop who made it."""
    if not turn.is_button and moments_read.exposes_reporter(turn.text):
        say(turn, moments.get("exposed_report"))
    if not say_if_sure(turn, elsewhere_only=True):
        if not turn.is_button and demands.read(turn.text) - {"other"}:
            turn.tell(words("report_and_claim"))
        is_answered = answers.is_question(turn.text) and say_if_sure(turn)
        _offer(turn, is_answered=is_answered)


def _offer(turn: Turn, *, is_answered: bool) -> None:
    """The ways to report and to file; a question about reports was answered before."""
    page = _page(turn)
    buttons = [{"title": words("i_file"), "payload": "/file_complaint"}]
    if page is None:
        if not is_answered:
            turn.tell(words("report_elsewhere"), buttons)
        return
    here = {"title": words("report_on_page"), "payload": page}
    said = "report_here" if is_answered else "report_explained"
    turn.tell(words(f"{said}_{settings.get().operator}"), [here, *buttons])


def _page(turn: Turn) -> str | None:
    """The page of a report that begins with this message; None where this person can open none.

    Where no address is published, our own page still opens a path of its own.
    """
    chosen = settings.get()
    message_id = str((turn.message.get("metadata") or {}).get("message_id") or "")
    named = chosen.signing_key(), turn.who.key, "" if turn.is_button else message_id
    if chosen.public_url:
        return links.report_url(chosen.public_url, *named)
    return f"{links.HERE}{links.report_path(*named)}" if turn.who.channel == people.WEB else None
