"""Tips of the officers: what a file may hold, who is reached, when, once, and how it is stopped."""

import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import database, launch, settings
from bot.casework import notices, people, privacy, recall_reach, things_asked, tips
from bot.casework.records import Notice, Person, Thing
from bot.casework.steps import NotPossible
from bot.casework.tip_records import Tip
from bot.reading import folding
from tests.casework.test_recall_reach import recalled
from tests.casework.test_things_in_talk import kept, pressed, say

__all__ = ["say"]  # the fixture of the talk about things

GOOD = {
    "title": "办卡先看合同",
    "text": "办卡前看清退费条款，先少充。",
    "source": "西青区市场监管局",
}
TEN = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10:00 in Tianjin, an hour after `now`


def followers(session: Session, now: datetime, count: int) -> list[Person]:
    found = [people.person(session, "telegram", str(number), now) for number in range(count)]
    for one in found:
        tips.follow(session, one, now)
    return found


def approved(session: Session, now: datetime) -> Tip:
    tip = tips.propose(session, tips.written(GOOD), now)
    return tips.approve(session, str(tip.id), "王", now)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "title"), ({"title": None}, "title"), ({"title": "办" * 31}, "title"),
        ({"text": "办" * 201}, "text"), ({"source": "  "}, "source"),
        ({"until": "2027"}, "nothing else"), ({"text": "照这样办保证退款。"}, "forbidden"),
        ({"text": "请拨打 12399。"}, "numbers.yml"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_tip_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(tips.BadTip, match=complaint):
        tips.written({**GOOD, **changes})


@pytest.mark.parametrize("row", [None, [], "text", {"title": "只有题目"}])
def test_what_has_other_fields_is_refused(row: object) -> None:
    with pytest.raises(tips.BadTip):
        tips.written(row)


def test_a_good_tip_names_its_source() -> None:
    assert tips.written(GOOD).splitlines()[-1] == "来源：西青区市场监管局"


def test_nothing_goes_out_before_approval_and_ten_o_clock(session: Session, now: datetime) -> None:
    followers(session, now, 2)
    tip = tips.propose(session, tips.written(GOOD), now)
    assert tips.propose(session, tips.written(GOOD), now) is tip
    assert tips.send_batch(session, ["telegram"], TEN) == 0
    tips.approve(session, str(tip.id), "王", now)
    assert tips.send_batch(session, ["telegram"], TEN - timedelta(seconds=1)) == 0
    assert tips.send_batch(session, ["telegram"], TEN) == 2
    assert (tip.state, tip.posted, tip.decided_by) == ("planned", 2, "王")
    assert tips.send_batch(session, ["telegram"], TEN) == 0


def test_none_is_added_in_the_quiet_hours(session: Session, now: datetime) -> None:
    followers(session, now, 1)
    approved(session, now)
    assert tips.send_batch(session, ["telegram"], TEN + timedelta(hours=11)) == 0
    assert tips.send_batch(session, ["telegram"], TEN + timedelta(hours=22)) == 1


@pytest.mark.parametrize("number", ["99", "x", ""])
def test_only_a_tip_that_waits_is_approved(session: Session, now: datetime, number: str) -> None:
    with pytest.raises(NotPossible):
        tips.approve(session, number, "王", now)
    tip = approved(session, now)
    with pytest.raises(NotPossible):
        tips.approve(session, str(tip.id), "王", now)


def test_it_goes_in_batches_and_none_is_added_while_one_waits(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tips, "BATCH", 2)
    everybody = followers(session, now, 5)
    people.person(session, "telegram", "no-follower", now)
    tip = approved(session, now)
    assert tips.send_batch(session, ["telegram"], TEN) == 2
    assert tips.send_batch(session, ["telegram"], TEN) == 0
    for _ in range(4):
        for one in notices.claim(session, ["telegram"], TEN):
            notices.record(session, one.id, notices.Sent(), TEN)
        tips.send_batch(session, ["telegram"], TEN)
    told = session.scalars(select(Notice).order_by(Notice.person_id)).all()
    assert [one.person_id for one in told] == [one.id for one in everybody]
    assert (tip.state, tip.posted) == ("planned", 5)


def test_who_stops_gets_no_more_and_not_what_waits(session: Session, now: datetime) -> None:
    first, second = followers(session, now, 2)
    approved(session, now)
    tips.send_batch(session, ["telegram"], TEN)
    tips.stop(session, first)
    assert [one.external_id for one in notices.claim(session, ["telegram"], TEN)] == [
        second.external_id
    ]
    assert tips.followers(session) == 1


def test_following_twice_is_once_and_a_recall_is_none_of_it(
    session: Session, now: datetime
) -> None:
    [who] = followers(session, now, 1)
    tips.follow(session, who, now)
    assert tips.followers(session) == 1
    notice = recalled(session, now)
    assert recall_reach.of_person(session, notice, who, now) is None


def test_it_dies_with_the_personal_data(session: Session, now: datetime) -> None:
    [who] = followers(session, now, 1)
    approved(session, now)
    tips.send_batch(session, ["telegram"], TEN)
    session.commit()
    privacy.erase(session, who, now)
    assert not session.scalars(select(Notice)).all() and not session.scalars(select(Thing)).all()


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("关注消费提示", things_asked.FOLLOW_TIPS), ("我想订阅消费警示", things_asked.FOLLOW_TIPS),
        ("请帮我关注消费提示吧", things_asked.FOLLOW_TIPS), ("取消消费提示", things_asked.STOP_TIPS),
        ("不再接收消费提示", things_asked.STOP_TIPS), ("不要再给我发消费提示了", things_asked.STOP_TIPS),
        ("取消关注消费提示", things_asked.STOP_TIPS), ("消费提示", None), ("关注儿童用品的召回", None),
        ("商家没有消费提示", None), ("消费提示说不能办卡我办了怎么退", None),
    ],
)  # fmt: skip
def test_words_that_switch_it_on_and_off(text: str, payload: str | None) -> None:
    assert things_asked.asked(folding.plain(text)) == payload


def test_it_is_switched_on_listed_and_off_in_the_talk(say: Any, session: Session) -> None:
    said = pressed(say, things_asked.FOLLOW_TIPS)
    assert kept(session) == ["消费提示"]
    assert "消费提示" in pressed(say, "/manage_things")["text"]
    assert "不再给您发" in pressed(say, said["press"]["不再接收"])["text"]
    assert kept(session) == []


def test_the_commands_preview_and_approve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="")
    monkeypatch.setattr(settings, "get", lambda: chosen)
    launch.prepare(chosen)
    with database.connect(chosen).begin() as session:
        followers(session, datetime.now(UTC), 3)
    path = tmp_path / "tip.yml"
    path.write_text(
        "title: 办卡先看合同\ntext: 先少充。\nsource: 西青区市场监管局\n", encoding="utf-8"
    )

    def command(*words: str) -> str:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["bot", *words])
        runpy.run_path(str(settings.ROOT / "bot" / "__main__.py"), run_name="__main__")
        return capsys.readouterr().out

    shown = command("tip", str(path))
    assert "将发给 3 人" in shown and "先少充。" in shown and "来源：" in shown
    number = shown.strip("· ").partition("：")[0]
    assert "上午10点" in command("tip", number, "approve", "王")
    with pytest.raises(SystemExit, match=number):
        command("tip", number, "approve", "王")
    path.write_text("title: [", encoding="utf-8")
    with pytest.raises(SystemExit, match="读不懂"):
        command("tip", str(path))
