"""The operator's commands on a scratch folder."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import __main__ as commands
from bot import database, launch, settings
from bot.casework import callbacks, disputes, people, recall_calls, recall_push, things
from bot.casework.records import Dispute, Notice, Recall
from bot.commands import pushes


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a lodged dispute in a scratch folder that the commands use."""
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="")
    monkeypatch.setattr(settings, "get", lambda: chosen)
    launch.prepare(chosen)
    now = datetime.now(UTC)
    with database.connect(chosen).begin() as session:
        made = disputes.start(session, people.person(session, "web", "c-1", now), now)
        disputes.lodge(session, made, operator="independent", limit=Decimal(2000), now=now)
        return str(made.number)


def test_the_operator_moves_a_dispute_and_its_citizen_is_told(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.move(disputes.number_text(number).lower(), "in_progress")
    assert "lodged -> in_progress" in capsys.readouterr().out
    with database.connect(settings.get())() as session:
        assert session.scalars(select(Dispute.state)).all() == ["in_progress"]
        assert session.scalars(select(Notice.kind)).all() == ["progress"]


@pytest.mark.parametrize(
    ("named", "state", "said"),
    [
        ("AAAA-2222", "closed", "没有这个编号"),
        ("no number", "closed", "no dispute"),
        (None, "done", "in_progress, settled, withdrawn, closed"),
        (None, "lodged", "不能从 lodged"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    number: str, named: str | None, state: str, said: str
) -> None:
    with pytest.raises(SystemExit, match=said):
        commands.move(named or number, state)
    with database.connect(settings.get())() as session:
        assert session.scalars(select(Dispute.state)).all() == ["lodged"]


def test_who_waits_for_a_call_is_listed_and_noted_as_called(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    with database.connect(settings.get()).begin() as session:
        who = people.person(session, "web", "c-1", now)
        people.give_contact(who, people.Contact("13800000001"), now)
        callbacks.request(session, who, now)
        waiting = callbacks.choose_hours(session, who, "morning", now).id
    commands.list_callbacks()
    assert f"{waiting}：工作日上午，13800000001" in capsys.readouterr().out
    commands.called(str(waiting))
    capsys.readouterr()
    commands.list_callbacks()
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit, match="no such open call-back"):
        commands.called(str(waiting))


def test_what_waits_for_approval_is_listed_approved_and_counted(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pushes.show()
    assert "no pushes" in capsys.readouterr().out
    now = datetime.now(UTC)
    with database.connect(settings.get()).begin() as session:
        who = people.person(session, "web", "c-1", now)
        things.keep(session, who, things.Wish("brand", "青禾", brand="青禾"), now)
        session.add(
            Recall(notice_no="T-1", title="召回青禾风扇", jurisdiction="CN", brand="青禾",
                   published_on=now.date(), hazard="标识缺失", first_seen_at=now, is_news=True)
        )  # fmt: skip
        session.flush()
        push = recall_push.propose(session, now, 50)
        assert push is not None
        push_id = str(push.id)
    pushes.show()
    assert "召回青禾风扇：1 人" in capsys.readouterr().out
    pushes.decide(push_id, "approve", "张三")
    assert "张三" in capsys.readouterr().out
    for known in (push_id, "99", "x"):
        with pytest.raises(SystemExit, match="no such push waits"):
            pushes.decide(known, "dismiss", "李四")
    with database.connect(settings.get()).begin() as session:
        planned = recall_push.next_batch(session, (), now + timedelta(days=2))
        assert planned is not None and recall_push.tell(session, planned, now) == 1
    pushes.show()
    assert "已送达 0，回答 0" in capsys.readouterr().out


def test_whom_to_call_is_listed_with_the_phone_and_ticked_off(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    with database.connect(settings.get()).begin() as session:
        who = people.person(session, "web", "c-1", now)
        people.give_contact(who, people.Contact("13800001234", "张三丰"), now)
        recall_calls.agree(who, now)
        things.keep(session, who, things.Wish("brand", "青禾", brand="青禾"), now)
        session.add(
            Recall(notice_no="T-1", title="召回青禾风扇", jurisdiction="CN", brand="青禾",
                   published_on=now.date(), hazard="可能起火", first_seen_at=now, is_news=True)
        )  # fmt: skip
        session.flush()
        push = recall_push.propose(session, now, 50)
        planned = recall_push.next_batch(session, (), now)
        assert push is not None and planned is not None
        assert recall_push.tell(session, planned, now) == 1
        push_id, row = str(push.id), str(session.scalars(select(Notice.id)).one())
    capsys.readouterr()
    pushes.list_calls(push_id)
    said = capsys.readouterr().out
    assert f"{row}  张**  13800001234  还没看到" in said and "张三丰" not in said
    with pytest.raises(SystemExit, match="not on the list"):
        pushes.called(push_id, "99", "李四")
    pushes.called(push_id, row, "李四")
    pushes.list_calls(push_id)
    assert "nobody to call" in capsys.readouterr().out
    pushes.show()
    assert "已送达 1" in (shown := capsys.readouterr().out) and "打过电话 1" in shown
    for unknown in ("99", "x"):
        with pytest.raises(SystemExit, match="no such push"):
            pushes.list_calls(unknown)
