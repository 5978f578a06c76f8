"""Reports: received with a clock of their own, kept apart from disputes, and the same again."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import docx
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.casework import (
    callbacks,
    disputes,
    evidence,
    negotiations,
    packet,
    precheck,
    progress,
    report_files,
    reports,
)
from bot.casework.records import Dispute, Person
from bot.casework.report_records import Report, ReportFile
from bot.casework.report_steps import ACTOR
from bot.casework.reports import Told
from bot.settings import ROOT
from tests.casework.reporting import FACTS, PDF, TOLD, Lodge, at, brought_to, take

# ── received ──


def test_a_report_is_received_with_a_number_and_its_clock(lodge: Lodge) -> None:
    report = lodge().report
    assert (report.state, report.street) == ("received", "中北镇")
    assert report.check_due == date(2026, 11, 23) and not report.is_due_provisional
    spoken = reports.number_text(report.number)
    assert reports.number_in(f"编号 {spoken.lower()}。") == report.number
    assert disputes.number_in(spoken) is None  # a number of a dispute is another kind


def test_where_nothing_is_submitted_no_clock_runs_and_nobody_opens_it(
    session: Session, lodge: Lodge
) -> None:
    report = lodge(operator="independent").report
    assert (report.state, report.check_due) == ("prepared", None)
    assert reports.all_open(session, ACTOR) == []
    assert reports.by_number(session, report.number, ACTOR) is None


@pytest.mark.parametrize(
    ("received", "due", "is_provisional"),
    [
        (at(11, 2), date(2026, 11, 23), False),
        (at(11, 7), date(2026, 11, 27), False),  # a Saturday
        (at(9, 24), date(2026, 10, 22), False),  # 中秋 and 国庆, with 9-20 and 10-10 worked
        (at(12, 15), date(2027, 1, 5), True),  # the calendar of 2027 is not out
        (datetime(2026, 11, 2, 17, 0, tzinfo=UTC), date(2026, 11, 24), False),  # 11-03 in Tianjin
    ],
)
def test_the_clock_runs_over_holidays(
    lodge: Lodge, received: datetime, due: date, is_provisional: bool
) -> None:
    report = lodge(now=received).report
    assert (report.check_due, report.is_due_provisional) == (due, is_provisional)


def test_what_is_told_lies_sealed(session: Session, lodge: Lodge, now: datetime) -> None:
    told = Told("永旺超市", FACTS, "中北镇", "淘宝牛奶店", "王女士", "13800000001", files=(PDF,))
    report = lodge(told).report
    take(session, report, "begin", now)
    take(session, report, "not_file", now)
    session.flush()
    for table in ("reports", "report_events", "report_files"):
        for row in session.execute(text(f"SELECT * FROM {table}")):
            raw = "".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row)
            for word in ("永旺", "牛奶", "淘宝", "王女士", "1380000", "没有违法", "%PDF"):
                assert word not in raw and word.encode().decode("latin-1") not in raw


# ── the same again ──


@pytest.mark.parametrize(
    "again",
    [TOLD, Told("永旺 超市", FACTS), Told("永旺超市", f"  {FACTS}！"), Told("永旺超市", FACTS[:20], "万卉路5号")],
)  # fmt: skip
def test_the_same_again_is_an_event_of_the_first(
    session: Session, lodge: Lodge, again: Told
) -> None:
    first = lodge().report
    due = first.check_due
    event = lodge(again, now=at(11, 9))
    assert event.kind == "repeated" and event.report is first
    assert (first.check_due, first.facts) == (due, FACTS)  # no new clock for nothing new
    assert reports.times_again(first) == 1


@pytest.mark.parametrize(
    "other",
    [
        Told("华润超市", FACTS),
        Told("永旺超市", FACTS + "，店员改了日期"),
        Told("永旺超市", "缺斤短两"),
        Told("永旺超市", FACTS, "杨柳青"),  # another branch
        Told("永旺超市", FACTS, platform="美团"),
    ],
)
def test_another_shop_or_another_story_is_another_report(lodge: Lodge, other: Told) -> None:
    first = lodge().report
    assert lodge(other).report is not first


def test_another_reporter_is_another_report(lodge: Lodge) -> None:
    assert lodge().report is not lodge(reporter="s" * 64).report


def test_new_facts_join_the_report_they_name_and_its_clock_starts_anew(
    session: Session, lodge: Lodge
) -> None:
    first = lodge().report
    take(session, first, "begin", at(11, 3))
    take(session, first, "extend", at(11, 4))
    more = Told(
        "永旺超市", "店员把日期改了", phone="13800000001", earlier=reports.number_text(first.number)
    )
    event = lodge(more, now=at(11, 9))
    assert event.kind == "supplemented" and event.report is first and first.state == "checking"
    assert first.facts == f"{FACTS}\n店员把日期改了" and first.phone == "13800000001"
    assert (first.check_due, first.extended_at) == (date(2026, 11, 30), None)
    assert reports.times_again(first) == 1


def test_a_new_photo_is_new_and_an_old_one_is_not(session: Session, lodge: Lodge) -> None:
    first = lodge(Told("永旺超市", FACTS, files=(PDF, PDF))).report
    assert report_files.count(session, first) == 1
    assert lodge(Told("永旺超市", FACTS, files=(PDF,))).kind == "repeated"
    another = evidence.Prepared("photo", "image/jpeg", b"jpeg", "b" * 64, b"copy")
    assert lodge(Told("永旺超市", FACTS, files=(PDF, another))).kind == "supplemented"
    assert report_files.count(session, first) == 2
    kept = session.scalars(select(ReportFile).order_by(ReportFile.id)).all()
    assert [(one.original, one.shown) for one in kept] == [
        (b"%PDF-1.7 one", None),
        (b"jpeg", b"copy"),
    ]


def test_what_adds_to_a_report_that_is_over_is_a_new_one_that_names_it(
    session: Session, lodge: Lodge, now: datetime
) -> None:
    first = brought_to(session, lodge, "not_filed", now)
    event = lodge(Told("永旺超市", "店员把日期改了", earlier=first.number))
    assert event.report is not first and event.detail == {"adds_to": first.number}
    assert first.state == "not_filed" and event.report.state == "received"


@pytest.mark.parametrize("whose", ["nobody", "another", "no number"])
def test_nobody_adds_to_anothers_report(session: Session, lodge: Lodge, whose: str) -> None:
    other = lodge(reporter="s" * 64).report
    named = {"nobody": "22222-22222", "another": other.number, "no number": "上次那个"}[whose]
    with pytest.raises(reports.NoEarlier):
        lodge(Told("永旺超市", "别的事", earlier=named))
    assert session.scalars(select(Report)).all() == [other] and other.facts == FACTS


def test_a_form_that_is_sent_twice_counts_once(session: Session, lodge: Lodge) -> None:
    first = lodge(form="f" * 64)
    assert lodge(Told("别家", "别的事"), form="f" * 64) is first
    assert len(session.scalars(select(Report)).all()) == 1


def test_one_reporter_sends_so_many_a_day(lodge: Lodge, now: datetime) -> None:
    for number in range(reports.MOST_A_DAY):
        lodge(Told(f"第{number}家", FACTS))
    with pytest.raises(reports.TooMany):
        lodge(Told("又一家", FACTS))
    lodge(Told("又一家", FACTS), reporter="s" * 64)
    lodge(Told("又一家", FACTS), now=now + timedelta(hours=25))


# ── a text that was only prepared ──


def test_a_prepared_text_is_deleted_at_its_reporters_word_or_by_the_clock(
    session: Session, lodge: Lodge, now: datetime
) -> None:
    reports.remove(session, lodge(operator="independent").report)
    lodge(operator="independent")
    kept = lodge().report
    assert reports.forget_prepared(session, now + timedelta(days=2)) == 0
    assert reports.forget_prepared(session, now + timedelta(days=4)) == 1
    assert session.scalars(select(Report)).all() == [kept]
    with pytest.raises(ValueError, match="prepared"):
        reports.remove(session, kept)


# ── apart from disputes ──


def state_of_the_rest(session: Session, who: Person, dispute: Dispute, now: datetime) -> Any:
    """All that anybody is shown of a person, a shop and a dispute."""
    paper = docx.Document(io.BytesIO(packet.packet(session, dispute, now)))
    before = precheck.same_before(session, dispute, now)
    return (
        before and before.number,
        precheck.bulk_signs(session, who, now),
        precheck.findings(dispute, disputes.local_day(now)),
        [one.number for one in disputes.lodged(session, who)],
        disputes.draft(session, who),
        [one.number for one in progress.running(session, who)],
        negotiations.seen_by_shop(dispute),
        negotiations.possible(session, dispute, 16, now),
        [one.id for one in evidence.of_person(session, who)],
        evidence.count(session, dispute),
        [one.id for one in callbacks.open_requests(session)],
        [event.kind for event in dispute.events],
        session.execute(text("SELECT count(*) FROM notices")).scalar_one(),
        session.execute(text("SELECT count(*) FROM alerts")).scalar_one(),
        [p.text for p in paper.paragraphs],
        [cell.text for table in paper.tables for row in table.rows for cell in row.cells],
    )


def test_a_report_of_the_same_shop_by_the_same_person_changes_nothing_of_a_dispute(
    session: Session, citizen: Person, lodge: Lodge, now: datetime
) -> None:
    one = disputes.start(session, citizen, now)
    one.merchant, one.facts, one.amount = "永旺超市", FACTS, Decimal(20)
    disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=now)
    before = state_of_the_rest(session, citizen, one, now)
    report = lodge(Told("永旺超市", FACTS, "中北镇", files=(PDF,)), reporter="d" * 64).report
    take(session, report, "begin", now)
    take(session, report, "file", now)
    assert state_of_the_rest(session, citizen, one, now) == before
    assert disputes.by_number(session, citizen, report.number) is None
    assert progress.by_number(session, report.number) is None


def test_nothing_but_its_own_door_leads_to_a_report() -> None:
    """No column leads there, and of the product only seven files know that there are reports."""
    for table in Report.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "reports":
                assert table.name in ("report_events", "report_files")
    assert not Report.__table__.foreign_keys
    named = {
        str(path.relative_to(ROOT))
        for folder in ("bot", "actions")
        for path in (ROOT / folder).rglob("*.py")
        if "report_records" in path.read_text(encoding="utf-8")
    }
    assert named == {
        "bot/casework/reports.py", "bot/casework/report_files.py", "bot/commands/reports.py", "bot/channels/report_page.py",
        "bot/console/reports.py", "bot/database.py", "bot/migrations/env.py",
    }  # fmt: skip


def test_what_is_written_with_a_step_is_kept_as_it_is_seen(
    session: Session, lodge: Lodge, now: datetime
) -> None:
    report = lodge().report
    reports.take(session, report, "begin", ACTOR, now, note="\u200b先看\u202e现场")
    assert report.events[-1].detail["note"] == "先看现场"
