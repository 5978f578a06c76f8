"""The answers of the CPSC and the weekly reports of the Safety Gate, and what stands for no recall."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.sources import cpsc, safety_gate
from bot.sources.notice import Notice, NotRead


def row(**changed: Any) -> dict[str, Any]:
    return {
        "RecallID": 7, "RecallNumber": "26-641", "RecallDate": "2026-07-30T00:00:00",
        "Title": "Kettles Recalled Due to Burn Hazard", "URL": "https://www.cpsc.gov/Recalls/x",
        "Products": [{"Name": "Qinghe kettles", "Model": "", "NumberOfUnits": "About 12,800"}],
        "ProductUPCs": [{"UPC": "690123456789"}], "Hazards": [{"Name": "The lid can open."}],
        "Manufacturers": [{"Name": "Qinghe Ltd., of China", "CompanyID": ""}],
        "Remedies": [{"Name": "Stop using."}], "RemedyOptions": [{"Option": "R"}],
        "ConsumerContact": "Qinghe at 800-555-0100 from 9 a.m.", "Injuries": [], **changed,
    }  # fmt: skip


def answered(*rows: Any) -> bytes:
    return json.dumps(rows).encode()


def one(data: bytes, read: Callable[[bytes, str], Any] = cpsc.read) -> Notice:
    (found,) = read(data, "").notices
    return found  # type: ignore[no-any-return]


def test_a_row_of_the_cpsc_is_read() -> None:
    found = one(answered(row()))
    assert (found.source_key, found.jurisdiction, found.published_on) == (
        "26641", "US", date(2026, 7, 30),
    )  # fmt: skip
    assert (found.product_name, found.models) == ("Qinghe kettles", ("690123456789",))
    assert (found.quantity, found.hazard, found.remedy) == (
        12800,
        "The lid can open.",
        "Stop using.",
    )
    assert (found.contact_phone, found.brand) == ("800-555-0100", None)
    assert found.doubts == ("quantity_about",)


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"RecallNumber": "00090a"}, "source_key", "00090a"),
        ({"RecallNumber": "26641"}, "source_key", "26641"),
        ({"RecallDate": "2026-07-30"}, "published_on", date(2026, 7, 30)),
        ({"RecallDate": None}, "published_on", None),
        ({"Products": [{"NumberOfUnits": "5.9 million"}]}, "quantity", 5_900_000),
        ({"Products": [{"NumberOfUnits": "1,000"}, {"NumberOfUnits": "500"}]}, "quantity", 1500),
        ({"Products": [{"NumberOfUnits": "unknown amount"}]}, "quantity", None),
        ({"Products": [{"NumberOfUnits": "9" * 400}]}, "quantity", None),
        ({"Products": None}, "product_name", None),
        ({"Products": "kettles"}, "product_name", None),
        ({"Manufacturers": [], "Importers": [{"Name": "I"}]}, "producer", "I"),
        ({"Remedies": []}, "remedy", "R"),
        ({"NewKey": 1}, "doubts", ("quantity_about", "unknown_field")),
    ],
)  # fmt: skip
def test_rows_of_the_cpsc_differ(changed: dict[str, Any], field: str, value: object) -> None:
    found = getattr(one(answered(row(**changed))), field)
    assert (sorted(found) if field == "doubts" else found) == (
        sorted(value) if isinstance(value, tuple) else value
    )


ERROR = {"RecallID": 0, "Title": "Error retrieving Recalls: The underlying provider failed."}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(ERROR, "error_row"), (row(RecallNumber=None), "no_key"), (row(Title=" "), "no_title"),
     ("text", "not_a_list")],
)  # fmt: skip
def test_a_bad_row_is_named_and_the_others_are_read(bad: Any, reason: str) -> None:
    found = cpsc.read(answered(row(), bad), "")
    assert len(found.notices) == 1
    assert [(p.where, p.reason) for p in found.problems] == [("2", reason)]
    with pytest.raises(NotRead, match=reason):  # with nothing else in it, it is no answer at all
        cpsc.read(answered(bad), "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (answered(row())[:-9], "not_json"),
        (b"<ArrayOfRecall/>", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"success": {}}', "not_a_list"),
        (answered(*[row()] * 2001), "too_many_rows"),
        (b"", "empty"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotRead, match=reason):
        cpsc.read(data, "")


def test_an_answer_without_rows_is_an_answer() -> None:
    assert cpsc.read(b" [] ", "").notices == ()


# ── Safety Gate ──


RECALL = "Category of measure(s): Recall of the product from end usersDate: Unknown"


def alert(**changed: str) -> str:
    tags = {
        "caseNumber": "SR/00001/26", "reference": "https://ec.europa.eu/x", "category": "Toys",
        "product": "Toy slime", "brand": "Qinghe", "name": "", "type_numberOfModel": "QH-1; QH-2",
        "batchNumber": "", "barcode": "6901234567892", "riskType": "Chemical",
        "danger": "Too much boron.", "measures": RECALL, "URLrecall": "",
        "notifyingCountry": "Italy", "productionDates": "", **changed,
    }  # fmt: skip
    inside = "".join(f"<{tag}><![CDATA[{value}]]></{tag}>" for tag, value in tags.items())
    return f"<notifications>{inside}<pictures><picture>p</picture></pictures></notifications>"


def report(*alerts: str, head: str = "", day: str = "21/08/2026") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Safety-Gate><report_date>{day}</report_date>'
        f"{''.join(alerts)}</Safety-Gate>"
    ).encode()


def test_an_alert_that_is_a_recall_is_read() -> None:
    found = one(report(alert()), safety_gate.read)
    assert (found.source_key, found.title, found.jurisdiction) == (
        "SR/00001/26", "Toy slime Qinghe", "EU",
    )  # fmt: skip
    assert found.models == ("QH-1", "QH-2", "6901234567892")
    assert (found.published_on, found.publisher) == (date(2026, 8, 21), "Italy")
    assert (found.hazard, found.batch_raw) == ("Chemical; Too much boron.", None)
    assert found.url == "https://ec.europa.eu/x" and not found.doubts


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"measures": "Withdrawal of the product from the market"}, "not_a_recall"),
        ({"measures": "Removal of this product listing by the online marketplace"}, "not_a_recall"),
        ({"measures": ""}, "not_a_recall"),
        ({"category": "Motor vehicles"}, "not_consumer_goods"),
        ({"category": "Cosmetics"}, "not_consumer_goods"),
        ({"caseNumber": ""}, "no_key"),
        ({"product": "", "brand": ""}, "no_title"),
    ],
)
def test_an_alert_that_is_not_taken_is_named(changed: dict[str, str], reason: str) -> None:
    found = safety_gate.read(report(alert(), alert(**changed)), "")
    assert len(found.notices) == 1 and [p.reason for p in found.problems] == [reason]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (report(alert().replace("Italy", "&c;"), head=BOMB), "xml_doctype"),
        (report("<brand>&a;</brand>", head=OUTSIDE), "xml_doctype"),
        (report(alert(), head="<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'>"), "xml_doctype"),
        (report(alert(), head=BOMB).decode().replace("UTF-8", "UTF-16").encode("utf-16"), "xml_doctype"),
        (report(alert())[:-20], "not_xml"),
        (b"<html><body>login</body></html>", "no_layout"),
        (report(*[alert()] * 1001), "too_many_rows"),
        (b"  ", "empty"),
    ],
)  # fmt: skip
def test_a_report_that_is_broken_or_dangerous_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotRead, match=reason):
        safety_gate.read(data, "")


@pytest.mark.parametrize(("day", "doubt"), [("31/02/2026", "no_such_day"), ("", "day_not_read")])
def test_a_report_of_no_day_has_alerts_without_a_day(day: str, doubt: str) -> None:
    found = one(report(alert(), day=day), safety_gate.read)
    assert (found.published_on, found.doubts) == (None, (doubt,))


def test_the_list_of_reports_names_the_newest_first() -> None:
    rows = "".join(
        f"<weeklyReport><publicationDate>{day}</publicationDate><URL>{url}</URL></weeklyReport>"
        for day, url in (
            ("14/08/2026", "https://ec.europa.eu/1"),
            ("21/08/2026", "https://ec.europa.eu/2"),
        )
    )
    found = safety_gate.links(f"<weeklyReports>{rows}</weeklyReports>".encode(), "")
    assert [one.url[-1] for one in found] == ["2", "1"]
    with pytest.raises(NotRead, match="empty_list"):
        safety_gate.links(b"<weeklyReports/>", "")
