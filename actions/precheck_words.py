"""How the pre-check reads in the summary: what may stand against a dispute. Takes no turn itself."""

from actions import dispute_words
from actions.turn import Turn
from bot import settings
from bot.casework import precheck
from bot.casework.records import Dispute
from bot.library import label, load, words


def paragraphs(turn: Turn, draft: Dispute) -> list[str]:
    """What may stand against the draft, the same matter told before, and what an office still needs."""
    found = precheck.findings(draft, turn.today)
    district = load("district")["name"]
    told = [words(f"finding_{code}", district=district) for code in found]
    if draft.occurred_on is not None and draft.occurred_on > turn.today:
        told.insert(0, words("date_in_future", day=draft.occurred_on))
    if any(code in precheck.GROUNDS for code in found):
        told.append(words("findings_end"))
    before = precheck.same_before(turn.session, draft, turn.now)
    if before is not None:
        told.append(words("same_before", row=dispute_words.progress_row(before)))
    return [*told, *_needed(turn, draft)]


def confirm_title(turn: Turn, draft: Dispute) -> str:
    """The confirm button's title: it says so where officers may refuse, or the matter is told already."""
    found = precheck.findings(draft, turn.today)
    is_against = any(code in precheck.GROUNDS for code in found)
    is_told = precheck.same_before(turn.session, draft, turn.now) is not None
    return words("confirm_anyway" if is_against or is_told else "confirm")


def _needed(turn: Turn, draft: Dispute) -> list[str]:
    """What is missing for an office to accept it; nothing where no office receives it here."""
    if settings.get().operator != "bureau":
        return []
    missing = precheck.missing(draft, turn.who)
    named = words("and").join(label("needed", code) for code in missing)
    return [words("needed", list=named)] if missing else []
