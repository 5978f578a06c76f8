"""How a recall notice is told to one whom it concerns, and how serious it is. Knows no session."""

import re
from datetime import date

from bot.casework.records import Recall
from bot.library import load

_NONE_REPORTED = re.compile(r"(?:未|没有|无)[^，。；,;]*")
ANSWERS = ("have", "have_not", "done")
LONGEST_FIELD = 200  # characters of a field of the notice; the address leads to the rest
LONGEST_IN_LIST = 60  # of a field in a list of notices
MOST_MODELS = 8


def text(notice: Recall, reason: str, named: str, *, is_corrected: bool = False) -> str:
    """The notice for one person: the danger, what to do now, the remedy, the source, why it comes.

    `reason` is a code of recall_reach.py, `named` what it is about in that person's words.
    """
    said = load("recall_notice")
    hazard = _line("hazard", hazard=notice.hazard) or said["no_hazard"]
    models = "、".join(notice.models[:MOST_MODELS])
    lines = [
        said["corrected"] if is_corrected else None,
        hazard,
        _line("about", title=notice.title),
        said["now"],  # above what may be many models and batches
        _line("models", models=models),
        _line("dates", dates=notice.manufacture_or_sale_dates),
        _line("batch", batch=notice.batch_raw),
        remedy(notice),
        _source(notice),
        said["why"][reason].format(named=named),
    ]
    return "\n".join(line for line in lines if line)


def remedy(notice: Recall) -> str:
    """What the producer offers, and how it is reached, as far as the notice says."""
    offered = _line("remedy", remedy=notice.remedy) or load("recall_notice")["no_remedy"]
    reached = _line("phone", phone=notice.contact_phone)
    reached = reached or _line("producer", producer=notice.producer)
    return "\n".join(filter(None, (offered, reached)))


def is_serious(notice: Recall) -> bool:
    """Whether the notice names a danger to life or limb, by the words of recall_notice.yml.

    That no injury was reported (暂未收到伤亡报告) names none.
    """
    injuries = _NONE_REPORTED.sub("", notice.injury_reports or "")
    named = f"{notice.hazard or ''} {notice.title} {injuries}"
    return any(word in named for word in load("recall_notice")["serious"])


def payload(push_id: int, answer: str) -> str:
    """What Rasa hears of an answer to a notice."""
    return f'/answer_notice{{"number":"{push_id}","choice":"{answer}"}}'


def buttons(push_id: int) -> list[dict[str, str]]:
    """The buttons under a notice: its answers, and where to be told no more."""
    said = load("recall_notice")
    rows = [{"title": said["buttons"][one], "payload": payload(push_id, one)} for one in ANSWERS]
    return [*rows, {"title": said["my_things"], "payload": "/manage_things"}]


def short(value: str) -> str:
    """A field as one line of several can hold it."""
    return value if len(value) <= LONGEST_IN_LIST else f"{value[:LONGEST_IN_LIST]}…"


def _line(key: str, **values: str | None) -> str | None:
    """The line with its value, cut where it is long; None where the notice does not hold it."""
    [(name, value)] = values.items()
    if not value:
        return None
    short = value if len(value) <= LONGEST_FIELD else f"{value[:LONGEST_FIELD]}…"
    return str(load("recall_notice")[key]).format_map({name: short})


def _source(notice: Recall) -> str:
    day: date | None = notice.published_on
    unsaid = load("wording")
    return str(load("recall_notice")["source"]).format(
        publisher=notice.publisher or unsaid["recall_no_publisher"],
        published=day.isoformat() if day else unsaid["recall_no_date"],
        url=f"\n{notice.url}" if notice.url else "",
    )
