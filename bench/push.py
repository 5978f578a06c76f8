"""`make bench-push`: one recall notice to a town, by the real process, to a Bot API with Telegram's limits.

Twice: once undisturbed, once with 1% each of 429, 5xx and time-outs, and 20 kills of the process.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bench import bot_api_faults as faults
from bench.bot_api import TOKEN, BotApi, Server
from bench.stack import free_port
from bot import database
from bot.casework import notices, recall_push
from bot.casework.records import HeardMessage, Notice, Person, Recall, Thing
from bot.settings import ROOT, Settings

PERMITTED = 30  # messages a second: https://core.telegram.org/bots/faq#broadcasting-to-users
KILLS = 20
SHARE = 0.01  # of each kind of fault
LATE_SECONDS = 12  # more than the channel waits for an answer
MOST_SECONDS = 3600
FIRST_CHAT = 7_000_000_000
HEAD = "run        permitted/s  reached/s  seconds  kills  people  sent  lost  doubled  recorded  refused"


class Disturbed(BotApi):
    """A Bot API that goes wrong at random, in a share of the messages of each kind of fault."""

    def __init__(self, share: float, dice: random.Random) -> None:
        super().__init__()
        self._share, self._dice = share, dice
        self.refused = 0  # messages that came faster than Telegram permits

    def _planned(self, method: str, asked: dict[str, Any]) -> faults.Fault | None:
        drawn = self._dice.random()
        if method.lower() != "sendmessage" or drawn >= 3 * self._share:
            return None
        if drawn < self._share:
            return faults.flood(self._dice.randint(1, 5))
        if drawn < 2 * self._share:
            return self._dice.choice([faults.BROKEN, faults.HTML])
        return faults.hang(LATE_SECONDS, delivers=self._dice.random() < 0.5)

    def _count(self, chat: str) -> None:
        try:
            super()._count(chat)
        except faults.Refusal:
            self.refused += 1
            raise


@dataclass
class Run:
    """What one run came to."""

    name: str
    people: int
    kills: int
    seconds: float
    sent: int
    lost: int
    doubled: int
    recorded: int
    refused: int

    @property
    def rate(self) -> float:
        """Messages a second, from the first to the last."""
        return self.sent / self.seconds if self.seconds else 0.0

    def row(self) -> str:
        """As a row of the table."""
        return (
            f"{self.name:<10} {PERMITTED:>11}  {self.rate:>9.1f}  {self.seconds:>7.0f}  {self.kills:>5}  {self.people:>6}"
            f"  {self.sent:>4}  {self.lost:>4}  {self.doubled:>7}  {self.recorded:>8}  {self.refused:>7}"
        )


def main(people: int) -> None:
    """Run both and print the table. Ends with 1 where anybody was lost, or doubled unrecorded."""
    dice = random.Random(2026)
    runs = [play("clean", people, 0, 0, dice), play("disturbed", people, SHARE, KILLS, dice)]
    print("\n".join([HEAD, *(run.row() for run in runs)]))
    sys.exit(any(run.lost or run.doubled != run.recorded for run in runs))


def play(name: str, people: int, share: float, kills: int, dice: random.Random) -> Run:
    """One push to a town, from approval until nothing of it waits any more."""
    api = Disturbed(share, dice)
    server = Server(api)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None, var_dir=Path(folder), data_key=Fernet.generate_key().decode(),
            telegram_token=TOKEN, telegram_api_url=server.start(), web_port=free_port(),
        )  # fmt: skip
        database.migrate(settings)
        sessions = database.connect(settings)
        with sessions.begin() as session:
            settle(session, people)
        killed = disturb(api, settings, sessions, kills, people, dice)
        server.stop()
        with sessions() as session:
            return counted(name, people, killed, api, session)


def settle(session: Session, people: int) -> None:
    """People who own what a new notice recalls; the notice approved, nobody told yet."""
    now = datetime.now(UTC)
    for number, seen in (("OLD", now - timedelta(days=1)), ("NEW", now)):
        session.add(
            Recall(notice_no=number, title="某公司召回青禾牌落地扇", jurisdiction="CN", brand="青禾",
                   brand_aliases=[], models=["QH-1000"], product_type="电风扇", hazard="可能起火",
                   remedy="免费更换", published_on=now.date(), first_seen_at=seen, is_news=True)
        )  # fmt: skip
    town = [
        Person(channel="telegram", external_id=str(FIRST_CHAT + n), created_at=now)
        for n in range(people)
    ]
    session.add_all(town)
    session.flush()
    session.add_all(
        Thing(person_id=who.id, kind="owned", words="我家的青禾落地扇QH-1000", brand="青禾",
              model="QH-1000", product="落地扇", created_at=now)
        for who in town
    )  # fmt: skip
    session.add_all(  # all are writing to us for the day: so no quiet hours hold the notice back
        HeardMessage(person_id=who.id, message_id="1", text="在", replies="[]",
                     heard_at=now + timedelta(days=1), answered_at=now)
        for who in town
    )  # fmt: skip
    session.flush()
    push = recall_push.propose(session, now, 0)
    assert push is not None, "the notice is no news"
    recall_push.approve(push, "bench", now)


def disturb(
    api: Disturbed, settings: Settings, sessions: sessionmaker[Session], kills: int, people: int,
    dice: random.Random,
) -> int:  # fmt: skip
    """Run the process until all is sent, killing it at random moments; how many kills there were.

    Each comes a moment after some more messages have arrived, so that it meets a process at work.
    """
    process, done = begin(settings), 0
    at = dice.randint(1, max(1, people // 25))
    end = time.monotonic() + MOST_SECONDS
    try:
        while not is_over(sessions) and time.monotonic() < end:
            if done < kills and len(api.delivered) >= at:
                time.sleep(dice.random() / 2)
                process.kill()
                process.wait()
                done += 1
                at = len(api.delivered) + dice.randint(1, max(1, people // 25))
                process = begin(settings)
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    return done


def begin(settings: Settings) -> subprocess.Popen[bytes]:
    """The process that meets people, as it is started in earnest."""
    environment = {
        **os.environ, "VAR_DIR": str(settings.var_dir), "DATABASE_URL": "", "PUBLIC_URL": "",
        "DATA_KEY": settings.data_key, "TELEGRAM_TOKEN": settings.telegram_token,
        "TELEGRAM_API_URL": settings.telegram_api_url, "WEB_PORT": str(settings.web_port),
        "OFFICERS_CHAT": "", "SMTP_URL": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "bot", "serve"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def is_over(sessions: sessionmaker[Session]) -> bool:
    """Whether all is planned and nothing waits to be sent."""
    with sessions() as session:
        (push, _notice), *_ = recall_push.listed(session)
        waits = select(func.count()).where(Notice.state.in_(notices.OPEN))
        return push.state == "planned" and session.scalar(waits) == 0


def counted(name: str, people: int, killed: int, api: Disturbed, session: Session) -> Run:
    """Compare what stands in the chats with what the ledger says."""
    arrived = Counter(one.chat for one in api.delivered)
    query = select(Person.external_id).join(Notice).where(Notice.may_be_double)
    suspected = set(session.scalars(query))
    doubled = {chat for chat, times in arrived.items() if times > 1}
    moments = [one.at for one in api.delivered] or [0.0]
    return Run(
        name, people, killed, max(moments) - min(moments), len(api.delivered), people - len(arrived),
        len(doubled), len(doubled & suspected), api.refused,
    )  # fmt: skip


if __name__ == "__main__":
    main(int(os.environ.get("PEOPLE", "5000")))
