"""A citizen's own data on both databases: told, given out, deleted, and nobody else's touched."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import database
from bot.casework import (
    alerts,
    callbacks,
    disputes,
    evidence,
    negotiations,
    notices,
    people,
    privacy,
    progress,
    sealing,
)
from bot.casework.negotiations import Answer
from bot.casework.records import (
    Alert,
    Dispute,
    DisputeEvent,
    Evidence,
    EvidenceContent,
    Negotiation,
    NegotiationMessage,
    Notice,
    Person,
    Record,
    Shop,
    Thing,
)
from tests.postgres import postgres

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PHONE, STORY, SECRET = "13655551234", "键盘好几个键失灵", "内部备注：疑似职业索赔"
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    sealing.unlock([Fernet.generate_key()])
    is_file = request.param == "sqlite"
    address = f"sqlite:///{tmp_path / 'r.db'}" if is_file else request.getfixturevalue("server")
    engine = database.engine(address)
    Record.metadata.drop_all(engine)
    Record.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def lodge(session: Session, who: Person, operator: Any) -> Dispute:
    made = disputes.start(session, who, NOW)
    made.merchant, made.facts, made.amount = "金街超市", STORY, Decimal(80)
    evidence.keep(
        session, who, evidence.File("document", PDF), source=f"p:{made.id}", message_id="p",
        caption="小票", now=NOW,
    )  # fmt: skip
    evidence.attach(session, who, made, NOW)
    disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=NOW)
    return made


def live(session: Session, external_id: str, operator: str = "independent") -> Person:
    """A citizen of whom there is something in every table that can hold something of a person."""
    who = people.person(session, "telegram", external_id, NOW)
    people.give_contact(who, people.Contact(PHONE, "司马先生", "雅馨里7号楼"), NOW)
    lodged = lodge(session, who, operator)
    progress.take(session, lodged, "begin", "officer", NOW, note=SECRET)
    progress.note(session, who, lodged, "follow_up", "还没退", NOW)
    disputes.start(session, who, NOW).facts = "还有一件事"
    evidence.keep(
        session, who, evidence.File("document", PDF + b"2"), source="p:loose", message_id="q",
        caption=None, now=NOW - timedelta(days=3),
    )  # fmt: skip
    kept = people.heard(session, who, "m-1", STORY, NOW)
    people.answered(kept, [{"text": "请问您希望怎么处理？"}], NOW)
    people.offer_button(session, who, "退款", "refund", NOW)
    session.add(Thing(person_id=who.id, kind="owned", words="罗马仕充电宝", created_at=NOW))
    callbacks.choose_hours(session, who, "morning", NOW)
    alerts.alert(session, who, "injury", "手被烫了", NOW, lodged)
    session.commit()
    return who


def ask_shop(session: Session, dispute: Dispute) -> Negotiation:
    dispute.state, dispute.lane = "lodged", "fast"
    session.add(
        Shop(name="金街超市", email="shop@example.com", responsible="刘经理", verified_at=NOW,
             created_at=NOW, updated_at=NOW)
    )  # fmt: skip
    session.flush()
    made = negotiations.ask(session, dispute, 16, NOW, str)
    negotiations.answer(session, made, Answer("offer", "刘经理", "退一半", Decimal(40)), 16, NOW)
    session.commit()
    return made


def rows(session: Session) -> dict[str, int]:
    tables = Record.metadata.sorted_tables
    found = {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
    return {name: count for name, count in found.items() if count}


def test_every_table_with_a_person_is_a_part() -> None:
    """Whoever adds such a table says how it is told, given out and deleted."""
    covered = {part.record.__table__.name for part in privacy.PARTS}
    naming = {
        table.name
        for table in Record.metadata.sorted_tables
        if any(key.column.table.name == "people" for key in table.foreign_keys)
    }
    assert naming <= covered


def test_what_is_held_is_counted_by_kind(records: Session) -> None:
    who, other = live(records, "1"), people.person(records, "telegram", "2", NOW)
    assert privacy.held(records, who) == {
        "contact": 1, "drafts": 1, "records": 1, "files": 2, "messages": 1, "buttons": 1,
        "things": 1, "callbacks": 1, "notices": 1, "alerts": 3,
    }  # fmt: skip
    assert privacy.held(records, other) == {}


def test_what_is_given_out_is_their_own_and_nothing_of_others(records: Session) -> None:
    who, other = live(records, "1"), live(records, "2")
    other.name = "欧阳女士"
    ask_shop(records, disputes.lodged(records, who)[0])
    told = json.dumps(privacy.export(records, who, NOW), ensure_ascii=False)
    for own in (PHONE, STORY, "雅馨里7号楼", "罗马仕充电宝", "请问您希望怎么处理", "手被烫了", "小票",
                "退一半", "40", "工作日上午", "同意发给商家"):  # fmt: skip
        assert own in told, own
    assert evidence.prepared(evidence.File("document", PDF)).sha256 in told
    for foreign in (SECRET, "欧阳女士", "shop@example.com", who.key):
        assert foreign not in told, foreign
    names = [name for _, name in privacy.files(records, who)]
    assert len(names) == 2 and all(name in told for name in names)


def test_a_file_is_given_to_its_giver_alone(records: Session) -> None:
    who, other = live(records, "1"), live(records, "2")
    ids = [number for number, _ in privacy.files(records, who)]
    assert [privacy.original(records, who, one) for one in ids] == [PDF, PDF + b"2"]
    assert [privacy.original(records, other, one) for one in ids] == [None, None]


@pytest.mark.parametrize("with_shop", [False, True])
def test_records_that_no_office_has_go_as_a_whole(records: Session, with_shop: bool) -> None:
    other = live(records, "2")
    before = rows(records)
    who = live(records, "1")
    live(records, "3")  # so that the row is not the newest
    with_third = {name: 2 * count for name, count in before.items()}
    (lodged,) = disputes.lodged(records, who)
    if with_shop:
        ask_shop(records, lodged)
    left = privacy.erase(records, who, NOW)
    records.commit()
    assert left == privacy.Stays(withdrawn=(lodged.number,) if with_shop else (), alerts=1)
    # The alert of an injury stays, on a row that names nobody.
    with_third["alerts"] += 1
    with_third["people"] += 1 + with_shop  # the shop has a row as a receiver of letters
    with_third.update({"shops": 1} if with_shop else {})
    assert rows(records) == with_third
    kept = records.scalars(select(Alert).where(Alert.person_id == who.id)).one()
    assert kept.kind == "injury" and kept.dispute_id is None
    row = records.get_one(Person, who.id)
    assert (row.name, row.phone, row.address, row.former_id) == (None, None, None, None)
    assert row.external_id != "1" and people.by_key(records, who.key) is row
    assert privacy.held(records, other)["messages"] == 1


def test_whom_nothing_needs_leaves_no_row(records: Session) -> None:
    who = people.person(records, "web", "c-1", NOW)
    people.person(records, "web", "c-2", NOW)
    people.heard(records, who, "m-1", "你好", NOW)
    privacy.erase(records, who, NOW)
    records.commit()
    assert records.scalars(select(Person.external_id)).all() == ["c-2"]


def test_the_newest_row_stands_on_without_a_name(records: Session) -> None:
    """SQLite would give its number to the next person."""
    who = people.person(records, "web", "c-1", NOW)
    number, key = who.id, who.key
    privacy.erase(records, who, NOW)
    records.commit()
    again = people.person(records, "web", "c-1", NOW)
    assert again.id != number and people.by_key(records, key) is None


def test_what_an_office_has_stays_and_is_said(records: Session) -> None:
    who = live(records, "1", "bureau")
    (lodged,) = disputes.lodged(records, who)
    left = privacy.stays(records, who)
    assert privacy.erasable(records, who) == {
        "drafts": 1, "files": 1, "messages": 1, "buttons": 1, "things": 1, "callbacks": 1,
        "notices": 1, "alerts": 1,
    }  # fmt: skip
    assert privacy.erase(records, who, NOW) == left
    records.commit()
    assert left.numbers == (lodged.number,) and not left.withdrawn
    assert disputes.number_text(lodged.number or "") in privacy.stays_text(left)
    assert privacy.held(records, who) == {"contact": 1, "records": 1, "files": 1, "alerts": 2}
    assert who.phone == PHONE and who.external_id != "1" and lodged.state == "in_progress"
    assert lodged.facts == STORY and evidence.count(records, lodged) == 1


@pytest.mark.parametrize("operator", ["independent", "bureau"])
def test_a_running_negotiation_ends_and_nothing_more_goes_to_the_shop(
    records: Session, operator: str
) -> None:
    who = live(records, "1", operator)
    found = ask_shop(records, disputes.lodged(records, who)[0])
    number, dispute_id = found.id, found.dispute_id
    left = privacy.erase(records, who, NOW)
    records.commit()
    assert len(left.withdrawn) == 1 and "先撤回" in privacy.stays_text(left)
    negotiation = records.get(Negotiation, number)
    if operator == "bureau":
        assert negotiation is not None and not negotiations.is_open(negotiation)
        assert negotiation.dispute.state == "withdrawn" and left.withdrawn == left.numbers
    else:
        assert negotiation is None and records.get(Dispute, dispute_id) is None
        for of_it in (NegotiationMessage, DisputeEvent, EvidenceContent, Evidence, Notice):
            assert records.scalars(select(of_it)).all() == []
    assert negotiations.tick(records, NOW + timedelta(days=9), str) == 0


def test_whoever_is_erased_twice_is_erased_once(records: Session) -> None:
    who = live(records, "1", "bureau")
    privacy.erase(records, who, NOW)
    records.commit()
    after = rows(records)
    again = privacy.erase(records, who, NOW)
    records.commit()
    assert rows(records) == after and len(again.numbers) == 1


def test_a_fault_in_the_middle_leaves_everything(
    records: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = live(records, "1")
    before = rows(records)

    def fault(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(alerts, "remove", fault)
    with pytest.raises(OSError):
        privacy.erase(records, who, NOW)
    records.rollback()
    assert rows(records) == before and privacy.held(records, who)["contact"] == 1


def test_who_they_were_before_their_chat_moved_goes_too(records: Session) -> None:
    old = live(records, "1")
    new = people.person(records, "telegram", "-100", NOW)
    records.commit()
    notices.record(records, _sending(records, old), notices.Moved("-100"), NOW)
    records.commit()
    assert (old.external_id, new.former_id) == ("1/moved", "1")
    assert privacy.held(records, new)["records"] == 1
    privacy.erase(records, new, NOW)
    records.commit()
    assert set(rows(records)) == {"people", "alerts"}
    assert not records.scalars(select(Person).where(Person.external_id.contains("moved"))).all()


def _sending(session: Session, who: Person) -> int:
    """The number of a notice of theirs that is on its way."""
    made = notices.post(session, who, "progress", "moved", "进展", NOW)
    made.state = "sending"
    session.flush()
    return made.id


def test_an_alert_that_takes_a_freed_number_is_announced(records: Session) -> None:
    who, other = live(records, "1"), live(records, "2")
    alerts.alert(records, who, "follow_up", "还没退", NOW)  # the newest
    alerts.announce(records, "777", NOW)
    privacy.erase(records, who, NOW)
    alerts.alert(records, other, "acute", "救命", NOW)
    records.commit()
    assert alerts.announce(records, "777", NOW) == 1


def test_nothing_goes_out_to_whom_was_erased(records: Session) -> None:
    who = live(records, "1", "bureau")
    (lodged,) = disputes.lodged(records, who)
    privacy.erase(records, who, NOW)
    progress.take(records, lodged, "settle", "officer", NOW)
    records.commit()
    assert notices.claim(records, ["telegram"], NOW) == []
    assert people.person(records, "telegram", "1", NOW).id != who.id
