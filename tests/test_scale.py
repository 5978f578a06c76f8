"""What `make test-scale` is made of: processes that come back, a citizen at two doors, notices that are counted."""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import respx
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bench import databases, scale_notices
from bench.bot_api import BotApi
from bench.bot_api_faults import Delivered
from bench.citizen import Citizen
from bench.crash import Killer
from bench.processes import Part, Processes
from bench.scale import MUST_BE_NONE, Sparing
from bench.several import PAIRS, Several, _ours, _settings
from bot.casework.records import Notice
from tests import aside
from tests.conversations.product import until
from tests.test_compose import KINDS, OURS, SECRETS, SERVICES

DOORS = ("http://bot-1", "http://bot-2")


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Two that sleep, looked at often."""
    monkeypatch.setattr("bench.processes.LOOK_SECONDS", 0.05)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    made = Processes({name: Part(command, {}, lambda: True) for name in ("a", "b")}, tmp_path)
    for name in made.names:
        made.start(name)
    yield made
    made.stop()
    assert all(one.poll() is not None for one in made.running.values())


def test_what_is_killed_comes_back_and_the_other_stays(processes: Processes) -> None:
    before = {name: one.pid for name, one in processes.running.items()}
    assert processes.kill("a")
    until(lambda: processes.running["a"].pid != before["a"], what="a new process")
    assert processes.running["b"].pid == before["b"] and processes.starts == 3
    assert processes.running["a"].poll() is None


def test_what_is_away_stays_away_for_the_block(processes: Processes) -> None:
    with processes.away("b"):
        time.sleep(0.5)
        assert processes.running["b"].poll() is not None and not processes.kill("b")
    until(lambda: processes.running["b"].poll() is None, what="b again")


def test_what_stands_still_is_no_dead_process_and_goes_on(processes: Processes) -> None:
    before = processes.running["a"].pid
    with processes.still("a"):
        until(lambda: _state(before) == "T", what="a stop")
        time.sleep(0.2)
    until(lambda: _state(before) == "S", what="going on")
    assert processes.running["a"].pid == before


def _state(pid: int) -> str:
    """One letter of Linux for what a process does: T is stopped, S sleeps."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize(
    ("only", "rasas", "others"), [((), 1, {"bot-1", "postgres"}), (("bot-1",), 0, {"bot-1"})]
)
def test_rasa_is_killed_once_in_its_time_and_only_what_may_be(
    only: tuple[str, ...], rasas: int, others: set[str]
) -> None:
    class Counted:
        names = ("rasa-1", "rasa-2", "bot-1", "postgres")
        killed: list[str] = []  # noqa: RUF012

        def kill(self, name: str) -> bool:
            self.killed.append(name)
            return True

    product = Counted()
    product.killed.clear()
    killer = Killer(product, 0.001, 60, random.Random(1), only)
    killer.start()
    until(lambda: len(product.killed) > 30)
    killer.stop()
    assert killer.kills.total() == len(product.killed)
    assert sum(name.startswith("rasa") for name in product.killed) == rasas
    assert set(killer.kills) >= others


def test_who_is_spared_at_the_moment_is_not_killed() -> None:
    """What may be killed changes: no Rasa while another one starts."""

    class Changing:
        names: tuple[str, ...] = ("bot-1",)
        killed: list[str] = []  # noqa: RUF012

        def kill(self, name: str) -> bool:
            self.killed.append(name)
            self.names = ("bot-2",)
            return True

    product = Changing()
    killer = Killer(product, 0.001, 60, random.Random(1))
    killer.start()
    until(lambda: len(product.killed) > 5)
    killer.stop()
    assert product.killed[0] == "bot-1" and set(product.killed[1:]) == {"bot-2"}


def test_each_is_told_what_compose_tells_it(tmp_path: Path) -> None:
    """The same names but for those that say where to listen on one machine and where in a container."""
    ports = {name: 21000 + n for n, name in enumerate(("postgres", "redis", *OURS))}
    settings = _settings(tmp_path, ports, "", "")
    parts = _ours(settings, Path("model.tar.gz"), ports)
    only_there = {"WEB_HOST", "ACTIONS_HOST", "RASA_HOST", "FORWARDED_ALLOW_IPS"}
    for name in OURS:
        composed = set(SERVICES[name]["environment"])
        assert composed - only_there <= set(parts[name].environment), name
        assert parts[name].command[1:3] == SERVICES[name]["command"][1:3]
    for name in KINDS["rasa"]:
        assert not SECRETS & set(parts[name].environment)
    assert len(settings.rasa_url.split(",")) == len(settings.actions_url.split(",")) == len(PAIRS)


def test_a_citizen_takes_the_other_door_where_one_is_shut() -> None:
    """The cookie of the one is good at the other, and the message keeps its name."""
    with respx.mock() as mocked:
        mocked.get("http://bot-1/").mock(side_effect=httpx.ConnectError("refused"))
        mocked.get("http://bot-2/").respond(200, headers={"Set-Cookie": "citizen=abc.sig"})
        first = mocked.post("http://bot-1/chat/messages").respond(502)
        rows = {"replies": [{"text": "您好", "buttons": [], "data": None}]}
        second = mocked.post("http://bot-2/chat/messages").respond(json=rows)

        async def scene() -> str:
            one = Citizen(DOORS, 1)
            async with one.talking():
                assert one.id == "abc"
                return await one.say("你好")

        assert aside.run(scene()) == "您好"
        asked = [call.request.content for route in (first, second) for call in route.calls]
        assert len(asked) == 2 and asked[0] == asked[1]


def test_notices_are_posted_once_and_counted(sessions: sessionmaker[Session]) -> None:
    posting = scale_notices.Posting(sessions)
    posting._post(scale_notices.FIRST_CHAT)  # as one whose answer was lost
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scale_notices, "EVERY_SECONDS", 0.01)
        posting.start()
        until(lambda: posting.posted >= 4)
        posting.stop()
    with sessions.begin() as session:
        found = list(session.scalars(select(Notice).order_by(Notice.id)))
        assert len(found) == posting.posted
        for one in found:
            one.state = "sent"
        found[1].may_be_double = True
    api, chats = BotApi(), [str(scale_notices.FIRST_CHAT + n) for n in range(posting.posted)]
    arrived = [chats[0], chats[0], chats[1], chats[1], *chats[3:]]  # the third got none
    api.delivered = [Delivered(chat, "", 0.0, [], n) for n, chat in enumerate(arrived)]
    told = scale_notices.counted(sessions, api, posting.posted)
    assert {name: told[name] for name in told if name in MUST_BE_NONE} == {
        "notices_lost": 1, "doubled_unrecorded": 1,
    }  # fmt: skip
    assert (told["notices_doubled"], told["notices_doubtful"]) == (2, 1)


def test_redis_keeps_nothing_on_disk_and_listens_on_loopback(tmp_path: Path) -> None:
    command = databases.redis_command(tmp_path, 21001)
    assert command[command.index("--bind") + 1] == "127.0.0.1"
    assert command[command.index("--save") + 1] == ""


def test_the_killer_spares_rasa_while_another_starts(tmp_path: Path) -> None:
    there = {"rasa-1": True, "rasa-2": False}
    parts = {
        name: Part([], {}, lambda name=name: there.get(name, False))  # type: ignore[misc]
        for name in ("rasa-1", "rasa-2", "bot-1")
    }
    seen = Sparing(Several(parts, tmp_path))
    assert seen.names == ("bot-1",)
    there["rasa-2"] = True
    assert seen.names == ("rasa-1", "rasa-2", "bot-1")
