"""The command of the officer for the guidance library: each entry with its laws, and what no lawyer has read."""

from bot import launch
from bot.casework import guidance
from bot.library import guidance_loader, words
from bot.library.guidance_loader import Entry


def list_entries() -> None:
    """Print the entries by topic, and how many of them no lawyer has reviewed."""
    topic = ""
    found = guidance_loader.entries()
    for entry in found:
        if entry.topic != topic:
            topic = entry.topic
            launch.say(words("operator_topic", topic=topic))
        launch.say(_row(entry))
        if entry.exceptions:
            launch.say(guidance.exceptions(entry))
    unread = sum(entry.reviewed_on is None for entry in found)
    launch.say(words("operator_reviewed", count=len(found), unread=unread))


def _row(entry: Entry) -> str:
    reviewed = words("operator_not_reviewed")
    if entry.reviewed_on is not None:
        reviewed = words("operator_reviewed_on", day=entry.reviewed_on, who=entry.reviewed_by or "")
    return words(
        "operator_entry", id=entry.id, title=entry.title, grade=entry.grade, as_of=entry.as_of,
        reviewed=reviewed, laws="；".join(guidance.citations(entry)),
    )  # fmt: skip
