"""What the tests of reports share: a report, and the way to each state of the table."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.casework import evidence, report_steps, reports
from bot.casework.disputes import Operator
from bot.casework.report_records import Report, ReportEvent
from bot.casework.report_steps import ACTOR
from bot.casework.reports import Told

FACTS = "11月1日在店里买到过期三个月的牛奶，货架上还有十几盒"
TOLD = Told(merchant="永旺超市", facts=FACTS, location="中北镇万卉路5号")
DETAILS = {
    "approved_by": "李局长",
    "reason": "没有违法事实",
    "to": "西青区卫生健康委",
    "telling": "no_rule",
}
OTHERS = ("citizen", "officer", "operator", "shop", "clock", "reporter", "", "Report_Officer")
PDF = evidence.Prepared("document", "application/pdf", b"%PDF-1.7 one", "a" * 64, None)
Lodge = Callable[..., ReportEvent]


def brought_to(session: Session, lodge: Lodge, state: str, now: datetime, **more: str) -> Report:
    """A report that stands at `state`, brought there by the steps of the table."""
    ways = {
        "received": [], "checking": ["begin"], "testing": ["begin", "test"],
        "filed": ["begin", "file"], "not_filed": ["begin", "not_file"], "passed_on": ["pass_on"],
        "closed": ["begin", "file", "close"], "prepared": [],
    }  # fmt: skip
    operator: Operator = "independent" if state == "prepared" else "bureau"
    report = lodge(operator=operator, **more).report
    for name in ways[state]:
        take(session, report, name, now)
    assert report.state == state
    return report


def take(session: Session, report: Report, name: str, now: datetime) -> ReportEvent:
    detail = {field: DETAILS[field] for field in report_steps.step(name).needs}
    return reports.take(session, report, name, ACTOR, now, **detail)


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 2, 0, tzinfo=UTC)
