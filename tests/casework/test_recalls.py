"""The recall lookup on the shipped notices and on notices made for one rule."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from bot.casework import recall_matching as matching
from bot.casework import recalls
from bot.casework.records import Recall
from tests.records import printed

QUESTIONS = yaml.safe_load(
    (Path(__file__).parent / "recall_questions.yml").read_text(encoding="utf-8")
)
ROMOSS, OM10 = "CN-GD-20250616-ROMOSS", "CN-SAMR-20191104-ROMOSS-OM10"
ANKER, ANKER_2024 = "CN-HN-20250620-ANKER", "CN-XX-20240917-ANKER"


@pytest.fixture
def library(session: Session, now: datetime) -> Session:
    """A session on the shipped notices."""
    recalls.ship(session, now)
    return session


def made(session: Session, now: datetime, number: str, **fields: Any) -> Recall:
    """A notice in the library, of a brand and product that nothing else has."""
    row: dict[str, Any] = {
        "title": "某公司召回部分产品", "jurisdiction": "CN", "category": "电子电器",
        "product_type": "电风扇", "product_name": "落地扇", "brand": "青禾", "brand_aliases": [],
        "models": [], "published_on": date(2026, 1, 5), "first_seen_at": now,
    }  # fmt: skip
    notice = Recall(notice_no=number, **{**row, **fields})
    printed(session, notice, now)
    return notice


def numbers(answer: recalls.Answer) -> list[str]:
    return [match.notice.notice_no for match in answer.matches]


# ── questions ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["query"])
def test_a_question_gets_its_notice_and_its_kind_of_answer(
    library: Session, row: dict[str, Any]
) -> None:
    answer = recalls.find(library, row["query"])
    assert answer.kind == row["kind"]
    if row["expect"]:
        assert numbers(answer)[0] == row["expect"]
    else:
        assert answer.kind != "covered" and not any(m.is_sure for m in answer.matches)


# ── rules ────────────────────────────────────────────────────────────────────


def test_a_model_alone_names_the_brand_to_check(library: Session) -> None:
    answer = recalls.find(library, "PB2030MI 这个型号召回了吗")
    assert answer.kind == "may_be_covered"
    assert "MI" in (answer.matches[0].check or "")


def test_a_model_of_several_brands_is_asked_for_its_brand(library: Session) -> None:
    answer = recalls.find(library, "童车型号16-01")
    assert answer.kind == "ask_brand" and len(answer.matches) == 4


def test_the_newer_notice_comes_first_and_the_older_is_listed(library: Session) -> None:
    assert numbers(recalls.find(library, "安克 A1652"))[:2] == [ANKER, ANKER_2024]


def test_a_near_model_is_a_question_and_no_match(library: Session) -> None:
    answer = recalls.find(library, "罗马仕充电宝PAC20-372")
    assert (answer.kind, answer.matches) == ("not_found", ())
    assert {near.model for near in answer.near} == {"PAC20-272", "PAC20-392"}
    assert {n.notice_no for n in answer.brand_notices} == {ROMOSS, OM10}


def test_a_wrong_brand_is_said_with_whose_model_it_is(library: Session) -> None:
    answer = recalls.find(library, "倍思 PAC20-272 充电宝")
    assert answer.kind == "not_found" and answer.wrong_brand == "倍思"
    assert [m.notice.notice_no for m in answer.same_model] == [ROMOSS]


def test_a_brand_without_notices_is_not_found(library: Session) -> None:
    answer = recalls.find(library, "雅迪电瓶车刹车有没有召回")
    assert (answer.kind, answer.wrong_brand, answer.matches) == ("not_found", "雅迪", ())


def test_another_product_of_the_brand_is_not_found_with_its_other_notices(library: Session) -> None:
    answer = recalls.find(library, "虎牌保温杯召回吗")
    assert answer.kind == "not_found"
    assert [n.notice_no for n in answer.brand_notices] == ["CN-AQSIQ-20171211-TIGER"]


def test_brand_and_model_with_another_product_word_leave_a_doubt(library: Session) -> None:
    answer = recalls.find(library, "苏泊尔电饭煲 SW-15T66C")
    assert answer.kind == "may_be_covered" and not answer.matches[0].is_sure


def test_a_batch_that_the_notice_does_not_print_leaves_a_doubt(library: Session) -> None:
    answer = recalls.find(library, "罗马仕PAC20-272 批号C99-X1")
    assert answer.kind == "may_be_covered" and numbers(answer) == [ROMOSS]


def test_a_foreign_notice_is_never_first_before_a_domestic_one(library: Session) -> None:
    answer = recalls.find(library, "安克充电宝")
    assert answer.kind == "ask_model" and answer.matches[0].notice.jurisdiction == "CN"
    foreign = recalls.find(library, "anker powercore a1263")
    assert foreign.kind == "foreign_only" and recalls.describe(foreign.matches[0])["is_foreign"]


@pytest.mark.parametrize(
    "text", ["格林豪泰酒店不退押金", "多点超市的优惠券用不了", "格林豪泰公寓的空调坏了"]
)
def test_a_name_that_is_a_shop_or_hotel_here_is_no_brand(library: Session, text: str) -> None:
    said = numbers(recalls.find(library, text))
    assert "CN-TJ-20240827-TDT015Z" not in said and "CN-HN-20230210-DUODIAN" not in said


@pytest.mark.parametrize(
    ("text", "subject"),
    [("酸奶召回", "food"), ("退烧药召回了吗", "drugs"), ("口红有召回吗", "cosmetics"),
     ("血压计召回", "medical_devices"), ("新买的轿车召回", "cars")],
)  # fmt: skip
def test_what_is_not_in_the_library_has_its_own_door(
    library: Session, text: str, subject: str
) -> None:
    answer = recalls.find(library, text)
    assert answer.kind == "not_in_library" and answer.door is not None
    assert answer.door.code == subject and answer.door.reply


@pytest.mark.parametrize("text", ["汽车安全座椅 宝得适双面骑士", "车载充电器 MiDi C21"])
def test_a_product_of_the_library_is_not_sent_away_by_a_word_from_outside(
    library: Session, text: str
) -> None:
    assert recalls.find(library, text).kind == "covered"


def test_what_was_marked_elsewhere_counts_like_the_words(library: Session) -> None:
    answer = recalls.find(library, "这个召回了吗", brand="罗马仕", model="PAC20-272")
    assert answer.kind == "covered" and numbers(answer) == [ROMOSS]
    unknown = recalls.find(library, "这个电风扇召回了吗", brand="云朵朵")
    assert (unknown.kind, unknown.wrong_brand) == ("not_found", "云朵朵")


@pytest.mark.parametrize("text", ["", "?", "你好", "-" * 50, "召回" * 500, "PAC20-272" * 90])
def test_odd_messages_are_answered_and_cover_nothing(library: Session, text: str) -> None:
    assert recalls.find(library, text).kind != "covered"


def test_an_empty_library_has_no_day_and_finds_nothing(session: Session) -> None:
    answer = recalls.find(session, "罗马仕PAC20-272")
    assert not answer.matches and answer.as_of is None


# ── records ──────────────────────────────────────────────────────────────────


def test_shipping_twice_adds_nothing(session: Session, now: datetime) -> None:
    first = recalls.ship(session, now)
    assert first == recalls.count(session) > 100
    assert recalls.ship(session, now + timedelta(days=1)) == 0


def test_a_new_notice_is_found_at_once(library: Session, now: datetime) -> None:
    assert recalls.find(library, "青禾落地扇 QH-77A").kind != "covered"
    made(library, now, "T-1", models=["QH-77A"])
    answer = recalls.find(library, "青禾落地扇 qh77a")
    assert answer.kind == "covered" and numbers(answer) == ["T-1"]


def test_the_day_of_the_library_is_its_newest_domestic_notice(
    session: Session, now: datetime
) -> None:
    made(session, now, "T-1", published_on=date(2026, 3, 4))
    made(session, now, "T-2", published_on=date(2026, 9, 9), jurisdiction="US")
    assert recalls.as_of(session) == date(2026, 3, 4)
    made(session, now, "T-3", published_on=date(2199, 1, 1))
    assert recalls.as_of(session) == date(2026, 11, 2)


def test_a_notice_without_a_day_is_described_without_one(session: Session, now: datetime) -> None:
    made(session, now, "T-1", published_on=None, models=["QH-1000"], hazard="漏电")
    told = recalls.describe(recalls.find(session, "青禾QH-1000").matches[0])
    assert told["published_on"] is None and told["hazard"] == "漏电"
    assert ("model", "QH-1000") in told["matched"]


# ── reading ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed", ["TDX-228", "tdx228", "ＴＤＸ－２２８", "TDX—228", "TDX 228", "t.d.x-228", "TDX–228"]
)
def test_a_model_is_the_same_however_typed(typed: str) -> None:
    assert matching.key(typed) == "tdx228"


@pytest.mark.parametrize(
    ("printed", "kinds"),
    [
        ("QX-5 1500W", {("model", "QX-5")}),
        ("D31/AC110-240V 50/60Hz 0.5A", {("model", "D31")}),
        ("18-03 型", {("model", "18-03")}),
        ("110V 60Hz 900W/J-77", {("model", "J-77")}),
        ("36V10Ah", {("rating", "36V10AH")}),
        ("30*20*45CM", {("size", "30*20*45CM")}),
        ("120/60", {("size", "120/60")}),
        ("条码6901234567892", {("barcode", "6901234567892")}),
        ("蓝鲸二号", {("series", "蓝鲸二号")}),
        ("D20~D22系列", {("series", "D20"), ("series", "D21"), ("series", "D22")}),
        ("M5A/N6B", {("model", "M5A/N6B"), ("part", "M5A"), ("part", "N6B")}),
        ("S/M/L", set()),
    ],
)
def test_a_model_field_is_read_without_its_noise(printed: str, kinds: set[tuple[str, str]]) -> None:
    notice = Recall(models=[printed], brand_aliases=[])
    assert {(i.kind, i.printed) for i in matching.identifiers(notice)} == kinds


@pytest.mark.parametrize(("printed", "names"), [("/", set()), ("--", set()), ("无", set()),
    ("图形牌", set()), ("青禾牌", {"青禾"}), ("青禾QINGHE", {"青禾qinghe", "青禾", "qinghe"}),
    ("东升、西落", {"东升", "西落"})])  # fmt: skip
def test_a_brand_field_is_read_for_its_names(printed: str, names: set[str]) -> None:
    assert matching.brands_of(Recall(brand=printed, brand_aliases=[])) == names


@pytest.mark.parametrize(
    ("company", "maker"),
    [("滁州扬子华美电器有限公司", "扬子华美"), ("汕头市澄海区明力玩具厂", "明力"),
     ("宝岛(天津)智能科技有限公司", "宝岛")],
)  # fmt: skip
def test_the_maker_is_read_from_the_company_name(company: str, maker: str) -> None:
    assert matching.makers_of(Recall(producer=company)) == {maker}


@pytest.mark.parametrize("typed", ["2020/4/12", "2020-04-12", "20200412", "2020年4月12"])
def test_a_batch_that_is_a_day_is_the_same_however_written(typed: str) -> None:
    assert matching.day_key(typed) == "day20200412"


@pytest.mark.parametrize("typed", ["20201345", "2020-13-01", "110492369"])
def test_a_number_that_is_no_day_is_not_read_as_one(typed: str) -> None:
    assert matching.day_key(typed) is None
