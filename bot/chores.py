"""What is done to the records by the clock, and how often: one line each. Knows no channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from bot.casework import (
    links,
    negotiations,
    recall_digest,
    recall_push,
    reminders,
    reports,
    retention,
    risk_alarms,
    tips,
)
from bot.collecting import Collector
from bot.library import risk_loader
from bot.recall_planner import RecallPlanner
from bot.settings import Settings
from bot.tally import Tally

Run = Callable[[datetime], int]


@dataclass(frozen=True)
class Chore:
    """Work at a moment, which tells how much it did; in a thread, so that it holds up nobody.

    `name` is for the log. With `is_batched` it is called again until nothing is left. `first_after`
    is from the start of the process, which has enough to do. `stop` ends what may take long. With
    `is_everyones` each process does it, and not only the one that leads.
    """

    name: str
    every: timedelta
    run: Run
    is_batched: bool = False
    first_after: timedelta | None = None
    stop: Callable[[], None] | None = None
    is_everyones: bool = False


def chores(
    settings: Settings, sessions: sessionmaker[Session], channels: Sequence[str] = (),
    tally: Tally | None = None,
) -> list[Chore]:  # fmt: skip
    """All of them, with the addresses and the terms of these settings; `channels` are those that push.

    `tally` is what this process counts.
    """
    host, key = settings.public_url or "", settings.signing_key()

    def url_of(negotiation: int) -> str:
        return links.shop_url(host, key, negotiation)

    def page_of(person: str) -> str | None:
        return links.contact_url(host, key, person) if host else None

    def alone(work: Callable[[Session, datetime], int]) -> Run:
        def run(now: datetime) -> int:
            with sessions.begin() as session:
                return work(session, now)

        return run

    rules = risk_loader.rules()  # what an officer wrote wrong there is told at the start

    def look(session: Session, now: datetime) -> int:
        return len(risk_alarms.look(session, rules, now, settings.officers_chat))

    terms = retention.Terms(**settings.model_dump(include=set(retention.Terms.__annotations__)))
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    found = [
        Chore("the fast lane", minute, alone(lambda s, now: negotiations.tick(s, now, url_of))),
        Chore("what is missing", minute, alone(lambda s, now: reminders.tick(s, now, page_of))),
        Chore("prepared reports", hour, alone(reports.forget_prepared)),
        Chore("complaints that gather", hour, alone(look), first_after=2 * minute),
        Chore(
            "old records", day, alone(lambda s, now: retention.expire(s, now, terms)),
            is_batched=True, first_after=5 * minute,
        ),
    ]  # fmt: skip
    found += _pushing(settings, sessions, channels)
    if tally is not None:
        found.append(Chore("what was understood", minute, _writing(tally), is_everyones=True))
    if settings.fetch_recalls:
        found.append(_collecting(sessions))
    return found


def _pushing(
    settings: Settings, sessions: sessionmaker[Session], channels: Sequence[str]
) -> list[Chore]:
    """Recall notices that are news are proposed, and go into the ledger batch by batch; so do tips."""
    planner = RecallPlanner(settings, channels)

    def planned(is_due: Callable[[Session, datetime], bool]) -> Run:
        def run(now: datetime) -> int:
            with sessions() as session:
                is_wanted = is_due(session, now)
            if is_wanted:
                planner.run()
            return 0

        return run

    def bundle(now: datetime) -> int:
        """Matching takes its time and writes nothing; only then the records are held, for a moment."""
        with sessions() as session:
            digests = recall_digest.next_batch(session, channels, now)
        if digests:
            with sessions.begin() as session:
                recall_digest.tell(session, digests, now)
        return 0

    def advise(now: datetime) -> int:
        with sessions.begin() as session:
            tips.send_batch(session, channels, now)
        return 0

    seconds, minute = timedelta(seconds=3), timedelta(minutes=1)
    to_plan = planned(lambda session, now: recall_push.may_plan(session, channels, now))
    return [
        Chore("tips on their way", seconds, advise),
        Chore("recall notices to propose", minute, planned(recall_push.is_news)),
        Chore("recall notices on their way", seconds, to_plan, stop=planner.stop),
        Chore("recall notices told together", seconds, bundle),
    ]


def _writing(tally: Tally) -> Run:
    def run(_now: datetime) -> int:
        return tally.write()

    return run


def _collecting(sessions: sessionmaker[Session]) -> Chore:
    """Every ten minutes it is looked which source of recalls is due."""
    collector = Collector(sessions)

    def run(_now: datetime) -> int:
        collector.run()
        return 0

    minute = timedelta(minutes=1)
    return Chore("recall notices", 10 * minute, run, first_after=minute / 6, stop=collector.stop)
