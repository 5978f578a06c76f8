"""The commands of the officer for reports on a scratch folder."""

import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import database, launch, settings
from bot.casework import reports
from bot.casework.report_records import Report, ReportEvent
from bot.commands import reports as commands

TOLD = reports.Told("永旺超市", "卖过期牛奶", "中北镇", name="王女士", phone="13800000001")


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a received report in a scratch folder that the commands use."""
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="")
    monkeypatch.setattr(settings, "get", lambda: chosen)
    launch.prepare(chosen)
    return lodged(datetime.now(UTC))


def lodged(now: datetime, form: str = "f") -> str:
    with database.connect(settings.get()).begin() as session:
        event = reports.lodge(
            session, TOLD, reporter=form, form=form, operator="bureau", now=now
        )  # fmt: skip
        return reports.number_text(event.report.number)


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["bot", *words])
    runpy.run_path(str(settings.ROOT / "bot" / "__main__.py"), run_name="__main__")


def test_the_list_holds_number_state_and_day_alone(
    number: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = lodged(datetime.now(UTC) - timedelta(days=60), "late")
    capsys.readouterr()
    command(monkeypatch, "reports")
    first, second = capsys.readouterr().out.splitlines()
    assert late in first and "已过期限" in first  # the first due first
    assert number in second and "已收到" in second and "已过期限" not in second
    for word in ("永旺", "牛奶", "王女士", "1380000"):
        assert word not in first + second


def test_what_a_report_says_is_shown_and_its_reading_kept(
    number: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command(monkeypatch, "report", number.lower())
    said = capsys.readouterr().out
    for word in (number, "永旺超市", "卖过期牛奶", "王女士", "13800000001"):
        assert word in said
    with database.connect(settings.get())() as session:
        events = session.execute(select(ReportEvent.kind, ReportEvent.actor)).all()
    assert events[-1] == ("opened", "report_officer")


def test_a_step_is_taken_with_its_detail(
    number: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command(monkeypatch, "report", number, "begin")
    command(monkeypatch, "report", number, "not_file", "没有", "违法事实")
    assert "checking -> not_filed" in capsys.readouterr().out
    with database.connect(settings.get())() as session:
        event = session.scalars(select(ReportEvent).order_by(ReportEvent.id.desc())).first()
        assert event is not None and event.detail["reason"] == "没有 违法事实"
    command(monkeypatch, "report", number, "close", "no_rule")
    capsys.readouterr()
    command(monkeypatch, "reports")
    assert "没有未办结的举报" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("named", "step", "reason", "said"),
    [
        ("22222-33333", "begin", "", "没有这个编号"), ("AAAA-2222", "begin", "", "no report"),
        (None, "file", "", "begin, pass_on"), (None, "jump", "", "no step jump"),
        (None, "pass_on", "", "to needed"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_changes_nothing(
    number: str, named: str | None, step: str, reason: str, said: str
) -> None:
    with pytest.raises(SystemExit, match=said):
        commands.take(named or number, step, reason)
    with database.connect(settings.get())() as session:
        assert session.scalars(select(Report.state)).all() == ["received"]
        assert session.scalars(select(ReportEvent.kind)).all() == ["received"]
