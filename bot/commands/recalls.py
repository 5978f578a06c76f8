"""The operator's commands about recalls: `python -m bot import-recalls SOURCE FILE…` and `sources`."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import database, launch, settings
from bot.casework import recall_intake, recall_sources
from bot.library import load, words
from bot.sources.notice import PASSED_OVER, NotRead, Problem, Read
from bot.sources.registry import SOURCES, read_saved


def import_recalls(source: str, files: Sequence[str]) -> None:
    """Take the notices of saved files and print what came of each. Exits with 1 if any was refused.

    One file is one transaction: what is refused of it leaves the rest of it in.
    """
    if source not in SOURCES:
        sys.exit(words("operator_no_source", source=source, known=", ".join(SOURCES)))
    refused = False
    for path in map(Path, files):
        found, now = _read(source, path), datetime.now(UTC)
        with database.connect(settings.get()).begin() as session:
            taken = recall_intake.take(session, source, found.notices, now)
            if found.notices:  # what is in the library can be looked up as it was printed
                url = found.notices[0].url if len(found.notices) == 1 else None
                data = path.read_bytes()
                recall_sources.keep(session, source, url or path.name, data, now, state="read")
        launch.say(
            words(
                "operator_imported", file=path.name, read=len(found.notices), new=len(taken.new),
                corrected=len(taken.corrected), repeated=len(taken.repeated),
                unchanged=taken.unchanged, news=len(taken.news),
            )
        )  # fmt: skip
        for line in _counted(found):
            launch.say(line)
        refused |= any(one.reason not in PASSED_OVER for one in found.problems)
    sys.exit(1 if refused else 0)


def list_sources() -> None:
    """Print how each source is doing and which of its pages could not be read."""
    now = datetime.now(UTC)
    with database.connect(settings.get())() as session:
        for one in recall_sources.statuses(session, now):
            last = one.last_success_at
            launch.say(
                words(
                    "operator_source", source=one.source, name=one.name,
                    last=last.astimezone(recall_sources.CHINA).strftime("%Y-%m-%d %H:%M") if last
                    else words("operator_never"),
                    stale=words("operator_stale") if one.is_stale else "",
                    problem=_told(one.problem) if one.problem else words("operator_no_problem"),
                )
            )  # fmt: skip
            for url, reason in one.quarantined:
                launch.say(words("operator_quarantined", url=url, reason=_told(reason)))


def _read(source: str, path: Path) -> Read:
    """What a file holds; a file that cannot be read at all is one refusal."""
    try:
        return read_saved(source, path.read_bytes(), path.name)
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    except NotRead as bad:
        return Read(problems=(Problem(path.name, bad.reason),))


def _counted(found: Read) -> Iterator[str]:
    """The rows not taken by reason with the first places, the doubts, and the fields that were filled."""
    for reason, count in Counter(one.reason for one in found.problems).most_common():
        kind = "operator_passed_over" if reason in PASSED_OVER else "operator_refused"
        places = ", ".join([one.where for one in found.problems if one.reason == reason][:5])
        yield words(kind, reason=_told(reason), count=count, places=places)
    for doubt, count in Counter(d for one in found.notices for d in one.doubts).most_common():
        yield words("operator_doubt", reason=_told(doubt), count=count)
    filled = Counter(name for one in found.notices for name, value in one.raw.items() if value)
    if filled:
        shown = ", ".join(f"{name} {count}" for name, count in sorted(filled.items()))
        yield words("operator_fields", fields=shown)


def _told(reason: str) -> str:
    return f"{load('sources')['reasons'].get(reason, reason)} / {reason}"
