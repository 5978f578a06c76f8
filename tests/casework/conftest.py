"""What the tests of the casework share."""

from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.casework import reports
from bot.casework.report_records import ReportEvent
from bot.casework.reports import Told
from tests.casework.reporting import TOLD, Lodge


@pytest.fixture
def lodge(session: Session, now: datetime) -> Lodge:
    """Lodges a report of one reporter, each from a form of its own."""
    forms = count()

    def sent(told: Told = TOLD, **more: Any) -> ReportEvent:
        given = {
            "reporter": "r" * 64,
            "form": f"{next(forms):064}",
            "operator": "bureau",
            "now": now,
        }
        return reports.lodge(session, told, **{**given, **more})

    return sent
