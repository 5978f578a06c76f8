"""Whatever is typed is kept or refused, on both databases: words, sums and days that break things."""

import io
import itertools
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import docx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot import database
from bot.casework import (
    disputes,
    negotiations,
    packet,
    paper,
    people,
    precheck,
    progress,
    sealing,
    shops,
    steps,
)
from bot.casework.records import Dispute, DisputeEvent, Notice, Record, Shop
from bot.channels import telegram_text
from bot.reading import facts, phones
from bot.reading.facts import Facts
from tests import hostile
from tests.postgres import address_of

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
FREE = (  # a step that is told a free text, the states before it, and the field
    ("ask_for_more", "missing"), ("accept", "register_number"), ("pass_on", "to"), ("mediate", "citizen_agreed"),
    ("mediate", "merchant_agreed"), ("meet", "at"), ("meet", "place"), ("meet", "mediator"), ("begin", "note"),
)  # fmt: skip
TYPED = {"missing": "小票", "register_number": "112011", "to": "教育局", "citizen_agreed": "电话",
         "merchant_agreed": "电话", "at": "9:30", "place": "所里", "mediator": "李同志"}  # fmt: skip
NOTHING = Facts()
KEY = Fernet.generate_key()  # of all that lies in the databases of this module
count = itertools.count()
on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True, scope="module")
all_words = pytest.mark.parametrize("words", hostile.WORDS.values(), ids=hostile.WORDS)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with address_of(request.param, tmp_path_factory.mktemp("records")) as found:
        yield found


@pytest.fixture(scope="module")
def records(address: str) -> Iterator[Engine]:
    made = database.engine(address)
    Record.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def engine(records: Engine) -> Engine:
    sealing.unlock([KEY])
    return records


def lodged(session: Session, told: Facts = NOTHING, state: str = "lodged") -> Dispute:
    """A dispute of a citizen of its own, in the records."""
    who = people.person(session, "web", f"c-{next(count)}", NOW)
    draft = disputes.start(session, who, NOW)
    disputes.take(draft, told)
    disputes.lodge(session, draft, operator="bureau", limit=Decimal(2000), now=NOW)
    draft.state = state
    session.commit()
    return draft


def read_back(engine: Engine, one: Dispute) -> Dispute:
    """The dispute as another process finds it."""
    with Session(engine) as session:
        return session.get_one(Dispute, one.id)


def cells_of(engine: Engine, one: Dispute) -> list[str]:
    """All cells of the tables on the dispute's paper, as Word would read them."""
    with Session(engine) as session:
        content = packet.packet(session, session.get_one(Dispute, one.id), NOW)
    tables = docx.Document(io.BytesIO(content)).tables
    return [cell.text for table in tables for row in table.rows for cell in row.cells]


@all_words
def test_what_is_told_of_a_dispute_is_kept_and_stands_on_paper(engine: Engine, words: str) -> None:
    fields = ("merchant", "product", "brand", "model", "facts", "location", "platform",
              "amount_text", "occurred_text")  # fmt: skip
    with Session(engine, expire_on_commit=False) as session:
        one = lodged(session, Facts(**dict.fromkeys(fields, words)))
        progress.take(session, one, "begin", "officer", NOW, note=words[: steps.LONGEST_DETAIL])
        shop = {"name": words, "aliases": [words], "address": words, "responsible": words}
        session.add(Shop(**shop, created_at=NOW, updated_at=NOW))
        session.commit()
    kept = words.replace("\x00", "").replace("\ud83d", "").replace("\udc00", "")
    found = read_back(engine, one)
    for field in fields:
        assert getattr(found, field) == (
            kept[: disputes.LONGEST_FACTS] if field == "facts" else kept
        )
    cells = cells_of(engine, one)
    assert cells.count(paper.clean(kept) or "待补充") >= 5
    shown = phones.redact(kept)[0]  # a shop sees no address of the citizen's
    assert shown in [text for _, text in negotiations.seen_by_shop(found)]


@on_sqlite
@all_words
@pytest.mark.parametrize(("name", "field"), FREE)
def test_what_an_officer_writes_is_kept_as_it_is_seen_or_refused(
    engine: Engine, words: str, name: str, field: str
) -> None:
    step = steps.step(name)
    with Session(engine, expire_on_commit=False) as session:
        one = lodged(session, state=step.before[0])
        detail = {**{need: TYPED[need] for need in step.needs}, field: words}
        is_unseen, longest = not hostile.seen(words), steps.LONGEST.get(field, steps.LONGEST_DETAIL)
        if (is_unseen and field in step.needs) or len(words) > longest:
            with pytest.raises(steps.NotPossible, match=field):
                progress.take(session, one, name, "officer", NOW, **detail)
            session.rollback()
            assert session.get_one(Dispute, one.id).state == step.before[0]
            return
        progress.take(session, one, name, "officer", NOW, **detail)
        session.commit()
    with Session(engine) as session:
        query = select(DisputeEvent.detail).where(DisputeEvent.dispute_id == one.id)
        kept = session.scalars(query.order_by(DisputeEvent.id.desc())).first()[field]  # type: ignore[index]
        assert hostile.seen(kept) == hostile.seen(words) and "\x00" not in kept
        unseen = [c for c in kept if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
        assert set(unseen) <= {"\n", "\t", "\u200d"}
        (notice,) = session.scalars(select(Notice).where(Notice.person_id == one.person_id))
        sent = "".join(piece.text for piece in telegram_text.pieces(notice.text))
        is_told = field not in ("note", "citizen_agreed", "merchant_agreed")
        assert sent == notice.text and (not kept or (kept in notice.text) is is_told)
    if field == "missing":  # all go onto the paper in one way
        assert any(paper.clean(kept) in cell for cell in cells_of(engine, one))


@pytest.mark.parametrize(("typed", "worth"), hostile.PAYABLE)
def test_a_sum_that_was_paid_first_is_kept_in_digits(
    engine: Engine, typed: str, worth: str
) -> None:
    with Session(engine, expire_on_commit=False) as session:
        one = lodged(session)
        event = progress.take(session, one, "pay_first", "officer", NOW, amount=typed)
        session.commit()
        assert Decimal(event.detail["amount"]) == Decimal(worth)
    found = read_back(engine, one)
    assert found.paid_first_amount == Decimal(worth)


@pytest.mark.parametrize("typed", ["", *hostile.NOT_PAYABLE])
def test_no_other_sum_is_paid_first(session: Session, typed: str) -> None:
    one = lodged(session)
    with pytest.raises(steps.NotPossible, match="amount"):
        progress.take(session, one, "pay_first", "officer", NOW, amount=typed)
    assert (one.state, one.paid_first_amount) == ("lodged", None)


@pytest.mark.parametrize(
    "sum_", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "0", "0.001", "1E7"]
)
@pytest.mark.parametrize("kind", ["accept", "offer", "message", "refuse"])
def test_no_answer_of_a_shop_holds_a_sum_that_is_none(
    session: Session, sum_: str, kind: str
) -> None:
    session.add(
        Shop(name="永旺", email="a@example.cn", verified_at=NOW, created_at=NOW, updated_at=NOW)
    )
    one = lodged(session, Facts(merchant="永旺", amount=Decimal(399)))
    asked = negotiations.ask(session, one, 16, NOW, str)
    said = negotiations.Answer(kind, "刘经理", "说明", Decimal(sum_))
    with pytest.raises(steps.NotPossible, match="amount_wrong"):
        negotiations.answer(session, asked, said, 16, NOW)
    assert one.state == "negotiating" and asked.messages == []


@pytest.mark.parametrize(
    "typed",
    [
        "-500元", "0元", "NaN元", "1e99元", "１２００元", "1,200元", "1,99.50元", "9999999999999元", "9" * 60 + "元",
        "一亿亿亿亿元", "0.001元", "12.345元", "1.234毛", "负五百元", "无穷大元", "几百元", "5" * 3000, "¥" * 500,
        "{amount}元", "'; DROP TABLE--元", "三千多亿亿元", "0x10元", "１_０００元", "9999999999.99万元",
    ],
)  # fmt: skip
def test_a_disputed_sum_is_one_that_there_can_be_or_stands_in_words(
    engine: Engine, typed: str
) -> None:
    for told in (
        facts.read(typed, [], today=TODAY, streets={}),
        facts.answer("amount", typed, TODAY),
    ):
        with Session(engine, expire_on_commit=False) as session:
            one = lodged(session, told)
        found = read_back(engine, one)
        assert found.amount is None or 0 <= found.amount < 10**12
        assert found.amount is None or found.amount == round(found.amount, 2)
        assert found.amount_text == told.amount_text
        assert found.lane == (
            "fast" if found.amount is not None and found.amount <= 2000 else "queue"
        )


@pytest.mark.parametrize("sum_", ["NaN", "sNaN", "Infinity", "-0.01", "1E12", "1E99"])
def test_a_sum_that_cannot_be_is_not_taken(session: Session, sum_: str) -> None:
    one = lodged(session, Facts(amount=Decimal(sum_), amount_text="很多"))
    assert (one.amount, one.amount_text, one.lane) == (None, "很多", "queue")


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ("2030年1月1日", date(2030, 1, 1)), ("明年3月1日", date(2027, 3, 1)), ("1985年5月1日", date(1985, 5, 1)),
        ("1900-01-01", date(1900, 1, 1)), ("2月30日", None), ("2025年2月29日", None), ("13月1日", None),
        ("2026-02-30", None), ("32号", None), ("0000-00-00", None), ("9999年12月31日", None),
        ("二〇九九年一月一日", None), ("公元前5年", None), ("2026年11月31号", None), ("{occurred_on}", None),
        ("1890年1月1日", None), ("-1年", None), ("99999999999999999999年1月1日", None),
    ],
)  # fmt: skip
def test_a_day_is_one_of_the_calendar_or_stands_in_words(
    engine: Engine, typed: str, on: date | None
) -> None:
    told = facts.answer("occurred_on", typed, TODAY)
    with Session(engine, expire_on_commit=False) as session:
        one = lodged(session, told)
    found = read_back(engine, one)
    assert found.occurred_text == typed
    if on is not None:
        assert found.occurred_on == on
    assert ("over_three_years" in precheck.findings(found, TODAY)) == (
        found.occurred_on is not None and found.occurred_on < date(2023, 11, 2)
    )
    assert (found.occurred_on.isoformat() if found.occurred_on else typed) in cells_of(engine, one)


HEAD = "名称,别名,地址,街镇,首问负责人,邮箱,邮箱已核实,赔偿先付,质量担保\n"
CELLS = ("{words},,,,,,,,\n", "店,{words},,,,,,,\n", "店,,{words},,,,,,\n", "店,,,{words},,,,,\n",
         "店,,,,{words},,,,\n", "店,,,,,{words},,,\n", "店,,,,,,{words},{words},{words}\n")  # fmt: skip


@all_words
@pytest.mark.parametrize("row", CELLS)
def test_a_cell_of_a_table_of_shops_is_kept_as_it_is_seen_or_named(
    session: Session, words: str, row: str
) -> None:
    quoted = '"' + words.replace('"', '""') + '"'
    data = (HEAD + row.replace("{words}", quoted)).encode("utf-8", "replace")
    try:
        assert shops.read(session, data, NOW, "张三") == 1
    except shops.BadRow as bad:
        assert bad.line == 2 and bad.column in ("名称", "街镇", "邮箱")
        return
    shop = session.scalars(select(Shop)).one()
    texts = [shop.name, *shop.aliases, shop.address or "", shop.responsible or ""]
    unseen = {c for text in texts for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert unseen <= {"\n", "\t", "\u200d"}
    assert shop.email is None and shop.verified_at is None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"\x00", HEAD.encode("utf-16"), b"PK\x03\x04" + bytes(99), "店名\n店\n".encode(),
        (HEAD + '"' + "长" * 200_000).encode(), (HEAD + "\n".join(["好店,,,,,,,,", ",,,,,,,,"])).encode(),
        (HEAD + "好店,,,,,a@example.cn b,,,\n").encode(), b"%PDF-1.7", "=1+1,名 称\n".encode(),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_refused_whole(session: Session, data: bytes) -> None:
    with pytest.raises(shops.BadRow):
        shops.read(session, data, NOW, "张三")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("row", ["店", "店,,,,,,,,,,,多,出", '"店"'])
def test_rows_of_any_length_and_line_end_are_read(session: Session, ends: str, row: str) -> None:
    assert shops.read(session, (HEAD + row + "\n").replace("\n", ends).encode(), NOW, "张三") == 1


@pytest.mark.parametrize(
    "email",
    [
        "a@x.cn;b@y.cn", "a@x.cn;b", "a@x", "@x.cn", "a@@x.cn", "<a@x.cn>", "刘 <a@x.cn>", "a b@x.cn", "a@x.cn.",
        "a@x.cn\nBcc: b@y.cn", "javascript:alert(1)", "a@x.cn(注)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sign", [";", ","])
def test_an_address_is_one_address(session: Session, email: str, sign: str) -> None:
    data = (HEAD + f'店,,,,,"{email.replace(";", sign)}",是,,\n').encode()
    with pytest.raises(shops.BadRow):
        shops.read(session, data, NOW, "张三")
