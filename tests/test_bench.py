"""What the benchmarks reckon, and whom they kill; the runs themselves are `make bench`, `bench-crash`, `soak`."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import load, memory, report, soak
from bench.citizen import Citizen
from bench.stack import free_port
from bench.whole import Whole
from bot.library import words
from bot.settings import Settings
from tests.conversations.product import until

SUMMARY, NUMBERED = "请核对：电饭煲", "已经记下，记录号 ABCD-2345"


def test_what_is_said_bears_no_marks_and_payloads_are_never_typed() -> None:
    for line in (line for talk in load.talks() for line in talk):
        assert not load.MARK.search(line.text) and not line.typed.startswith("/")


@pytest.mark.parametrize("turns", [1, 7, 500])
def test_so_many_talks_make_at_least_so_many_turns(turns: int) -> None:
    lengths = [len(talk) for talk in load.talks()] * turns
    talks = load.talks_for(turns)
    assert sum(lengths[: talks - 1]) < turns <= sum(lengths[:talks])


def test_two_doors_get_as_many_of_each_talk() -> None:
    """Else the one with the longer talks is waited for, while the other one's core stands idle."""
    count = len(load.talks())
    sent = {(number % count, load.share(number, 2)) for number in range(2 * count)}
    assert len(sent) == 2 * count


def test_a_ratio_is_of_each_repetition_and_its_median_counts() -> None:
    compared = report.Compared("turns", "turns/s", [30, 20, 100], [10, 10, 10])
    assert (compared.ratios, compared.ratio) == ([3, 2, 10], 3)
    assert compared.row()[-2:] == ["3.00", "2.00 to 10.00"]


def test_the_document_holds_the_rows_and_the_machine(tmp_path: Path) -> None:
    report.write([["a", "s", "1", "2", "0.5", ""]], ["a note"], tmp_path / "bench.md")
    text = (tmp_path / "bench.md").read_text(encoding="utf-8")
    assert "| a | s | 1 | 2 | 0.5 |  |" in text and "- a note" in text and report.machine() in text


def test_growth_begins_after_the_first_tenth() -> None:
    held = [{"bot": 10.0 if minute < 2 else 100.0, "all": 100.0 + minute} for minute in range(20)]
    grown = soak.growth(held)
    assert grown["growth_by_process"] == {"bot": 0.0}
    assert grown["growth_percent"] == pytest.approx((119 / 102 - 1) * 100, abs=0.05)


@pytest.mark.parametrize(
    ("heard", "answer", "confirmed", "numbered"),
    [
        ("想怎么解决？", "要求退款", False, False),
        (SUMMARY, "确认", True, False),
        (words("fault"), "前一句", False, False),
        (f"另一件：{NUMBERED}", "不知道", False, False),
    ],
)
def test_a_citizen_answers_what_is_asked(
    heard: str, answer: str, confirmed: bool, numbered: bool
) -> None:
    citizen = Citizen(["http://127.0.0.1:9"], 1)
    assert citizen._next("前一句", heard) == answer
    assert (citizen.has_confirmed, citizen.is_numbered) == (confirmed, numbered)


def test_a_citizen_who_confirmed_waits_for_the_number() -> None:
    citizen = Citizen(["http://127.0.0.1:9"], 1)
    citizen._next("", SUMMARY)
    assert "投诉" in citizen._next("确认", "好的") and not citizen.is_numbered
    citizen._next("确认", NUMBERED)
    assert citizen.is_numbered


LISTENS = "import socket, sys, time; held = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(60)"  # fmt: skip
SUPERVISOR = """import subprocess, sys, time
sleeps = ["sh", "-c", "sleep 60; :"]
for command in (
    [sys.executable, "-c", sys.argv[1], sys.argv[2], "-m", "bot", "serve"],
    [*sleeps, "-m", "bot", "serve"],
    [*sleeps, "-m", "actions"],
):
    subprocess.Popen(command, start_new_session=True)
time.sleep(60)
"""


def test_a_kill_takes_the_named_process_and_leaves_the_others() -> None:
    """Of three children of a supervisor one listens, and two stand by."""
    settings = Settings(_env_file=None, web_port=free_port())
    parent = subprocess.Popen([sys.executable, "-c", SUPERVISOR, LISTENS, str(settings.web_port)])
    product = Whole(settings, parent)
    names = {"bot", "bot-standby", "actions-standby"}
    try:
        until(lambda: set(product.pids()) == names, what="three processes")
        before = product.pids()
        assert names < set(product.names)
        assert not product.kill("rasa") and not product.kill("actions")
        assert memory.pss_mb(before["bot"]) > 0
        for killed in ("bot-standby", "bot"):
            assert product.kill(killed)
            del before[killed]
            until(lambda: product.pids() == before, what="an end")
    finally:
        for name in names:
            product.kill(name)
        parent.kill()
        parent.wait()
