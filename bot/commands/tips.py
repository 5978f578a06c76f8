"""The operator's commands for tips to those who follow them: what would go out to how many, and yes."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot import database, launch, settings
from bot.casework import disputes, tips
from bot.casework.steps import NotPossible
from bot.library import load


def preview(path: str) -> None:
    """Print the tip of a file and how many it would reach; it waits for approval. Ends with what is wrong."""
    said = load("tips")
    try:
        text = tips.written(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    except (UnicodeDecodeError, yaml.YAMLError):
        sys.exit(f"{path}: {said['wrong']['file']}")
    except tips.BadTip as bad:
        sys.exit(f"{path}: {bad}")
    with database.connect(settings.get()).begin() as session:
        tip = tips.propose(session, text, datetime.now(UTC))
        count = f"{tips.followers(session):,}"
        told = said["preview"].format(id=tip.id, count=count, text=text)
    launch.say(told)


def approve(number: str, who: str) -> None:
    """Let a tip go out; `who` decides is kept. Ends with a message where none such waits."""
    with database.connect(settings.get()).begin() as session:
        try:
            tip = tips.approve(session, number, who, datetime.now(UTC))
        except NotPossible:
            sys.exit(load("tips")["no_such"].format(id=number))
        day = disputes.local_day(tip.starts_at or tip.proposed_at)
        told = load("tips")["decided"].format(id=tip.id, day=day, who=who)
    launch.say(told)
