"""Alarms in the records: raised once, added to, decided by an officer, told to the officers' chat."""

import io
import re
import runpy
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot import database, launch, settings
from bot.casework import (
    alerts,
    counter,
    people,
    privacy,
    reports,
    retention,
    risk_alarms,
    risk_clue,
)
from bot.casework.people import Contact
from bot.casework.records import Dispute, Notice, Person, Recall, Shop
from bot.casework.risk_records import Alarm
from bot.casework.steps import NotPossible
from bot.chores import chores
from bot.library import load, risk_loader
from bot.reading.facts import Facts
from tests.conftest import NOW
from tests.records import printed

RULES = risk_loader.rules()
NEEDED = next(one for one in RULES.rules if one.kind == "product").counts["children"]
TOY: dict[str, Any] = {"brand": "乐多", "product": "滑板车", "facts": "轮子掉了"}
_numbers = iter(f"N{one:07}" for one in range(1, 10**6))


def complain(
    session: Session, who: str, at: datetime = NOW, state: str = "lodged", **told: Any
) -> Dispute:
    made = Dispute(
        person_id=people.person(session, "web", who, NOW).id, state=state, created_at=at,
        number=None if state == "draft" else next(_numbers), updated_at=at,
        lodged_at=None if state == "draft" else at, **{**TOY, **told},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def several(session: Session, count: int, first: int = 1, **told: Any) -> list[Dispute]:
    return [complain(session, f"c{one}", **told) for one in range(first, first + count)]


def look(session: Session, now: datetime = NOW + timedelta(hours=1), chat: str = "") -> list[Alarm]:
    return risk_alarms.look(session, RULES, now, chat)


def test_an_alarm_is_raised_once_and_more_cases_are_added_to_it(session: Session) -> None:
    first = several(session, NEEDED)
    (raised,) = look(session)
    assert (raised.kind, raised.state, raised.count, raised.why) == (
        "product", "raised", NEEDED, "children",
    )  # fmt: skip
    assert raised.numbers == [one.number for one in first]
    complain(session, "c99", NOW + timedelta(hours=2))
    assert look(session, NOW + timedelta(hours=3)) == []
    assert raised.count == NEEDED + 1 and len(raised.numbers) == NEEDED + 1


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_drafts_and_what_was_withdrawn_do_not_count(session: Session, state: str) -> None:
    several(session, NEEDED - 1)
    several(session, 5, first=50, state=state)
    assert look(session) == []


def test_what_is_withdrawn_later_goes_out_of_the_evidence(session: Session) -> None:
    first = several(session, NEEDED + 1)
    (raised,) = look(session)
    first[0].state = "withdrawn"
    session.flush()
    look(session)
    assert first[0].number not in raised.numbers and raised.count == NEEDED


def test_reports_do_not_count(session: Session) -> None:
    several(session, NEEDED - 1)
    for one in range(5):
        told = reports.Told("乐多专卖", "乐多滑板车轮子掉了,摔伤了")
        reports.lodge(session, told, reporter=f"r{one}", form=f"f{one}", operator="bureau", now=NOW)
    assert look(session) == []


def test_each_citizen_at_the_counter_is_one(session: Session) -> None:
    for one in range(NEEDED):
        counter.enter(
            session, "counter", Facts(facts="轮子掉了", brand="乐多", product="滑板车"),
            Contact("王", f"1380000000{one}", ""), "李", operator="bureau", limit=Decimal(2000), now=NOW,
        )  # fmt: skip
    (raised,) = look(session)
    assert raised.count == NEEDED


@pytest.mark.parametrize("kind", ["injury", "acute", "told in the story"])
def test_an_injury_is_known_by_its_alert_or_its_story(session: Session, kind: str) -> None:
    needed = next(one for one in RULES.rules if one.kind == "product").counts["injury"]
    for one in several(
        session, needed, facts="孩子从上面摔下来,手骨折了" if " " in kind else "坏了"
    ):
        if " " not in kind:
            alerts.alert(session, one.person, kind, "", NOW, one)
    assert [one.why for one in look(session)] == ["injury"]


def test_a_dismissed_alarm_comes_again_only_with_as_many_new_people(session: Session) -> None:
    several(session, NEEDED)
    (raised,) = look(session)
    with pytest.raises(risk_alarms.NoReason):
        risk_alarms.decide(raised, "dismiss", "李", NOW, " ")
    risk_alarms.decide(raised, "dismiss", "李", NOW, "同一批促销纠纷,与安全无关")
    assert look(session) == []
    several(session, NEEDED)  # the same people again
    several(session, NEEDED - 1, first=20)
    assert look(session) == []
    complain(session, "c30")
    (again,) = look(session)
    assert again.count == NEEDED and not set(again.numbers) & set(raised.numbers)


def test_what_one_alarm_holds_whole_is_not_raised_under_another_name(session: Session) -> None:
    several(session, NEEDED, model="LD-2000")
    (raised,) = look(session)
    assert raised.kind == "model"
    risk_alarms.decide(raised, "dismiss", "李", NOW, "已核实")
    assert look(session) == []
    complain(session, "c40")  # without a model: not all of it is in the first
    assert [one.kind for one in look(session)] == ["product"]


def test_a_shop_is_the_one_of_the_register(session: Session) -> None:
    session.add(Shop(name="永旺梦乐城", aliases=["永旺"], created_at=NOW, updated_at=NOW))
    many = next(one for one in RULES.rules if one.kind == "shop").counts["count"]
    for one in range(many):
        name = "永旺" if one % 2 else "永旺梦乐城"
        complain(session, f"c{one}", merchant=name, product=None, brand=None, facts="不退钱")
    assert [(one.kind, one.key[0]) for one in look(session)] == [("shop", "#")]


@pytest.mark.parametrize(
    ("before", "decision", "after"),
    [
        ("raised", "confirm", "confirmed"), ("raised", "dismiss", "dismissed"), ("raised", "clue", "clue"),
        ("confirmed", "clue", "clue"), ("confirmed", "dismiss", "dismissed"), ("confirmed", "confirm", None),
        ("dismissed", "confirm", None), ("dismissed", "clue", None), ("dismissed", "dismiss", None),
        ("clue", "confirm", None), ("clue", "dismiss", None), ("clue", "clue", None),
    ],
)  # fmt: skip
def test_the_decisions(session: Session, before: str, decision: str, after: str | None) -> None:
    several(session, NEEDED)
    (raised,) = look(session)
    raised.state = before
    if after is None:
        with pytest.raises(NotPossible):
            risk_alarms.decide(raised, decision, "李", NOW, "理由")
        assert raised.state == before and raised.decided_by is None
    else:
        risk_alarms.decide(raised, decision, "李", NOW, "理由")
        assert (raised.state, raised.decided_by, raised.reason) == (after, "李", "理由")


def test_the_chat_hears_numbers_alone_and_again_when_as_many_more_came(session: Session) -> None:
    several(session, NEEDED)
    look(session, chat="777")
    look(session, chat="777")
    said = session.scalars(select(Notice.text).where(Notice.kind == "alarm")).all()
    assert len(said) == 1 and str(NEEDED) in said[0]
    assert not re.search("乐多|滑板车|N0", said[0])
    several(session, NEEDED, first=60)
    look(session, chat="777")
    assert len(session.scalars(select(Notice).where(Notice.kind == "alarm")).all()) == 2


def test_an_alarm_tells_whether_a_recall_covers_it(session: Session) -> None:
    several(session, NEEDED, model="LD-2000")
    (raised,) = look(session)
    assert risk_alarms.covered_by(session, raised) == []
    notice = Recall(
        notice_no="T-1", title="某公司召回乐多滑板车", jurisdiction="CN", category="儿童用品",
        product_type="滑板车", product_name="滑板车", brand="乐多", brand_aliases=[], models=["LD-2000"],
        published_on=date(2026, 11, 1), first_seen_at=NOW,
    )  # fmt: skip
    printed(session, notice, NOW)
    assert [one.notice_no for one in risk_alarms.covered_by(session, raised)] == ["T-1"]


def test_the_clue_tells_of_the_thing_and_nothing_of_a_citizen(session: Session) -> None:
    made = several(
        session, NEEDED, model="LD-2000", facts="电话13800000001,孩子摔下来骨折了", merchant="张三"
    )
    for one in made:
        people.give_contact(one.person, Contact("王女士", "13800000001", "中北镇"), NOW)
    (raised,) = look(session)
    risk_alarms.decide(raised, "clue", "李", NOW, "轮轴断裂")
    paper = docx.Document(io.BytesIO(risk_clue.clue(session, raised, RULES, NOW)))
    cells = [c.text for t in paper.tables for row in t.rows for c in row.cells]
    text = "\n".join([p.text for p in paper.paragraphs] + cells)
    for told in (
        "乐多",
        "滑板车",
        "LD-2000",
        f"{NEEDED} 人",
        "轮轴断裂",
        "第5、30条",
        "2026-11-02",
        "儿童用品",
    ):
        assert told in text, told
    for hidden in ("王女士", "13800000001", "中北镇", "骨折", "张三"):
        assert hidden not in text, hidden


def test_a_dispute_that_is_deleted_leaves_no_number(session: Session) -> None:
    first = several(session, NEEDED, operator="independent")
    (raised,) = look(session)
    number = first[0].number
    privacy.erase(session, first[0].person, NOW)
    assert number not in raised.numbers and len(raised.numbers) == NEEDED - 1


def test_a_decided_alarm_goes_after_its_term_and_an_open_one_stays(session: Session) -> None:
    for name in ("甲乙", "丙丁", "戊己"):
        several(session, NEEDED, brand=name)
    decided, _open, _newest = look(session)
    risk_alarms.decide(decided, "dismiss", "李", NOW, "已核实")
    terms = retention.Terms()
    after = NOW + timedelta(days=terms.alert_days + 1)
    retention._alarms(session, after - timedelta(days=terms.alert_days), 10)
    assert len(session.scalars(select(Alarm)).all()) == 2


def test_an_hour_of_a_large_town_is_looked_at_in_seconds(session: Session) -> None:
    who = [Person(channel="web", external_id=f"p{n}", created_at=NOW) for n in range(2000)]
    session.add_all(who)
    session.flush()
    for n, one in enumerate(who):
        session.add(
            Dispute(
                person_id=one.id, state="lodged", number=f"L{n:07}", lodged_at=NOW, created_at=NOW,
                updated_at=NOW, brand=f"牌子{n % 700}", product="沙发", merchant=f"第{n % 900}商店",
                facts="用了两天就坏了,找商家不给退,一直拖着。" * 20,
            )
        )  # fmt: skip
    session.flush()
    began = time.monotonic()
    assert look(session) == []
    assert time.monotonic() - began < 30


# ── the chore and the commands ──


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs a command of the operator in a scratch folder: what it printed, or why it ended."""
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="")
    monkeypatch.setattr(settings, "get", lambda: chosen)
    launch.prepare(chosen)

    def run(*words: str) -> str:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["bot", *words])
        try:
            runpy.run_path(str(settings.ROOT / "bot" / "__main__.py"), run_name="__main__")
        except SystemExit as ended:
            return str(ended.code)
        return capsys.readouterr().out

    return run


def test_the_officer_lists_and_decides(command: Callable[..., str], tmp_path: Path) -> None:
    said = load("risk")
    assert said["none"] in command("risk")
    with database.connect(settings.get()).begin() as session:
        several(session, NEEDED, at=datetime.now(UTC))
        number = str(look(session, datetime.now(UTC))[0].id)
    shown = command("risk")
    assert (
        "乐多 " in shown
        and said["no_recall"].strip() in shown
        and said["states"]["raised"] in shown
    )
    assert command("risk", number, "dismiss", "李") == said["no_reason"]
    assert said["states"]["confirmed"] in command("risk", number, "confirm", "李")
    assert said["no_such"].format(id=number) == command("risk", number, "confirm", "李")
    assert said["no_such"].format(id="99") == command("risk", "99", "clue", "李")
    assert said["no_such"].format(id="x") == command("risk", "x", "clue", "李")
    first = command("risk", number, "clue", "李", "轮轴", "断裂")
    (paper,) = (tmp_path / "clues").iterdir()
    assert paper.name in first
    paper.unlink()
    assert paper.name in command("risk", number, "clue", "王") and paper.exists()
    assert "李" in command("risk")  # who decided stays


def test_the_clock_looks(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    with sessions.begin() as session:
        several(session, NEEDED)
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, officers_chat="777")
    (chore,) = (one for one in chores(chosen, sessions) if one.name == "complaints that gather")
    assert chore.run(NOW + timedelta(hours=1)) == 1
    with sessions() as session:
        assert session.scalars(select(Notice.kind)).all() == ["alarm"]
