"""Faults that recall lookups are known for: halves of models, empty brands, codes read as numbers."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bench.stack import Talk
from bot.casework import notices, recall_matching, recall_spans, recalls
from bot.casework.records import Person, Recall
from tests.records import printed


def publish(session: Session, now: datetime, number: str, **fields: Any) -> None:
    """A notice in the library, of a brand that no real notice has."""
    row: dict[str, Any] = {
        "title": "某公司召回部分产品", "jurisdiction": "CN", "category": "电子电器",
        "product_type": "电风扇", "product_name": "落地扇", "brand": "青禾", "brand_aliases": [],
        "models": [], "published_on": date(2026, 1, 5), "first_seen_at": now,
    }  # fmt: skip
    printed(session, Recall(notice_no=number, **{**row, **fields}), now)


# ── models with signs are taken whole ──


@pytest.fixture
def signs(session: Session, now: datetime) -> Session:
    """Notices whose models hold -, / and +."""
    publish(session, now, "AIR", product_type="空调", product_name="分体空调", brand="凌霜",
            models=["LSF-26GW/A3", "LSF-26GW/A4"])  # fmt: skip
    publish(session, now, "POT", product_type="电饭煲", product_name="电饭煲", brand="凌霜",
            models=["DX-500B+"])  # fmt: skip
    publish(session, now, "EAR", product_type="耳机", product_name="头戴耳机", brand="凌霜",
            models=["HP-900XM2"])  # fmt: skip
    publish(session, now, "FAN", brand="凌霜", models=["B2-C4/D6"])
    return session


@pytest.mark.parametrize(
    ("question", "number"),
    [("凌霜LSF-26GW/A3空调召回没有", "AIR"), ("凌霜 lsf 26gw a4", "AIR"), ("凌霜ＬＳＦ－２６ＧＷ／Ａ４空调", "AIR"),
     ("凌霜DX-500B+电饭煲", "POT"), ("耳机凌霜HP-900XM2", "EAR"), ("凌霜型号：B2-C4/D6", "FAN")],
)  # fmt: skip
def test_a_model_with_signs_is_matched_whole(signs: Session, question: str, number: str) -> None:
    answer = recalls.find(signs, question)
    assert (answer.kind, answer.matches[0].notice.notice_no) == ("covered", number)


@pytest.mark.parametrize(
    "question",
    ["凌霜耳机HP-900XM3", "凌霜DX-500A+电饭煲", "凌霜LSF-26GW/A5空调召回没有", "凌霜型号：B2-C4/D7",
     "凌霜空调LSF-26GW/B3", "凌霜DX-500B电饭煲", "凌霜空调 型号 lsf-26gw/a33", "凌霜风扇 A4/D6", "凌霜ＤＸ－５００Ｂ电饭煲"],
)  # fmt: skip
def test_a_model_that_differs_in_one_sign_is_no_hit(signs: Session, question: str) -> None:
    answer = recalls.find(signs, question)
    assert answer.kind == "not_found" and not answer.matches


@pytest.mark.parametrize("question", ["凌霜空调LSF-26GW", "凌霜B2-C4的风扇"])
def test_half_a_model_is_a_doubt_and_no_match(signs: Session, question: str) -> None:
    answer = recalls.find(signs, question)
    assert answer.kind == "may_be_covered" and answer.matches[0].check


# ── codes are text, spans of codes are spans ──


@pytest.fixture
def codes(session: Session, now: datetime) -> Session:
    """Notices with leading zeros and spans of batches and days."""
    publish(session, now, "ZERO", product_type="电暖器", product_name="暖风机",
            models=["0380", "0381"], batch_raw="00240-00390")  # fmt: skip
    publish(session, now, "SPAN", brand="禾青", models=["KL-7"], batch_raw="C001至C066")
    publish(session, now, "DAYS", product_type="电水壶", product_name="电热水壶", brand="蓝枝",
            models=["ZP-3"], manufacture_or_sale_dates="2023年5月—2024年1月")  # fmt: skip
    return session


@pytest.mark.parametrize(
    "question",
    ["青禾暖风机批次00300", "青禾暖风机批次00240", "青禾暖风机批次00390", "青禾暖风机0380批次00300", "禾青落地扇KL-7批次C050",
     "禾青落地扇KL-7批次C066", "禾青落地扇，批号：c001", "青禾暖风机批次００３００"],
)  # fmt: skip
def test_a_batch_inside_a_printed_span_is_covered(codes: Session, question: str) -> None:
    assert recalls.find(codes, question).kind == "covered"


@pytest.mark.parametrize(
    "question", ["青禾暖风机0380批次00391", "青禾暖风机批次00391", "禾青落地扇KL-7批次C067", "禾青落地扇KL-7批次C660",
                 "青禾暖风机0380批次300", "禾青落地扇KL-7批次C50"],
)  # fmt: skip
def test_a_batch_outside_a_span_or_without_its_zeros_is_not_covered_for_sure(
    codes: Session, question: str
) -> None:
    answer = recalls.find(codes, question)
    assert answer.kind != "covered" and not any(m.is_sure for m in answer.matches)


@pytest.mark.parametrize(
    ("question", "is_found"),
    [("青禾暖风机型号0380", True), ("青禾暖风机型号0381", True), ("青禾暖风机型号0382", False)],
)
def test_a_model_with_a_leading_zero_is_text(codes: Session, question: str, is_found: bool) -> None:
    assert (recalls.find(codes, question).kind == "covered") is is_found


@pytest.mark.parametrize("question", ["青禾暖风机型号380", "青禾暖风机型号381"])
def test_a_model_that_lost_its_zero_is_asked_back(codes: Session, question: str) -> None:
    answer = recalls.find(codes, question)
    assert answer.kind != "covered" and (answer.near or answer.matches)


@pytest.mark.parametrize(
    ("question", "kind"),
    [("蓝枝电热水壶ZP-3生产日期2023-09-01", "covered"), ("蓝枝电热水壶ZP-3，2023年5月1日生产", "covered"),
     ("蓝枝电热水壶ZP-3，2023年产的", "covered"), ("蓝枝电热水壶ZP-3，2024年2月买的", "covered"),
     ("蓝枝电热水壶生产日期2023-09-01", "ask_model"), ("蓝枝电热水壶ZP-3生产日期2024-02-10", "not_found"),
     ("蓝枝电热水壶ZP-3，2022年11月生产的", "not_found"), ("蓝枝电热水壶ZP-3 2024年3月出厂", "not_found"),
     ("蓝枝电热水壶，2024年3月出厂", "not_found"), ("蓝枝ZP-3，出厂日期：2022.11.30", "not_found")],
)  # fmt: skip
def test_a_day_of_manufacture_decides_where_the_notice_prints_days(
    codes: Session, question: str, kind: str
) -> None:
    assert recalls.find(codes, question).kind == kind


@pytest.mark.parametrize(
    ("printed", "periods"),
    [("2023年5月—2024年1月", [("2023-05-01", "2024-01-31")]), ("2024-10", [("2024-10-01", "2024-10-31")]),
     ("2021-06-25~06-28", [("2021-06-25", "2021-06-28")]), ("2023-05~08", [("2023-05-01", "2023-08-31")]),
     ("2018-10-16~2019-02-29", [("2018-10-16", "2019-02-28")]), ("2022-10~2023-02出厂", [("2022-10-01", "2023-02-28")]),
     ("2023-03-01(甲款);2023-06-10(乙款)", [("2023-03-01", "2023-03-01"), ("2023-06-10", "2023-06-10")]),
     ("2019销售", []), ("2014-04-01至今", []), ("部分批次", []), (None, [])],
)  # fmt: skip
def test_days_of_manufacture_are_read_and_what_is_unclear_rules_nothing_out(
    printed: str | None, periods: list[tuple[str, str]]
) -> None:
    read = recall_spans.made_in(Recall(manufacture_or_sale_dates=printed))
    assert [(first.isoformat(), last.isoformat()) for first, last in read] == periods


@pytest.mark.parametrize(
    ("printed", "inside", "outside"),
    [("1901-2118", "2001", "2119"), ("00240-00390", "00390", "00391"), ("C001至C066", "c066", "c067"),
     ("C001至066", "c002", "d002"), ("批次00240-00390、D1~D120", "d7", "d121"), ("7到19", "19", "20"),
     ("00240-00390", "00240", "300"), ("C001至C066", "c010", "c10")],
)  # fmt: skip
def test_a_span_of_batches_compares_text_and_not_numbers(
    printed: str, inside: str, outside: str
) -> None:
    spans = recall_spans.batch_spans(Recall(batch_raw=printed))
    assert any(span.holds(inside) for span in spans)
    assert not any(span.holds(outside) for span in spans)


@pytest.mark.parametrize(
    "printed", ["2022-5-1", "2013-02", "110492369-2-1", "20220818", "893-2", ""]
)
def test_a_day_or_a_single_batch_is_no_span(printed: str) -> None:
    assert recall_spans.batch_spans(Recall(batch_raw=printed)) == ()


# ── no brand is no brand ──


@pytest.mark.parametrize(
    "printed",
    ["", "无", "/", None, "—", "N/A", "--", "见附件", "不详", "未标注", "见包装", "详见清单", "null", "无品牌", "None", "未注明/无"],
)  # fmt: skip
def test_a_brand_field_that_says_nothing_names_no_brand(printed: str | None) -> None:
    assert recall_matching.brands_of(Recall(brand=printed, brand_aliases=[])) == set()


@pytest.mark.parametrize(
    "question",
    ["家里的电风扇会不会召回", "没标牌子的落地扇召回了没", "无牌落地扇", "落地扇没有品牌", "落地扇品牌不详", "落地扇，牌子见附件"],
)  # fmt: skip
def test_a_question_without_a_brand_is_asked_for_it(
    session: Session, now: datetime, question: str
) -> None:
    for number, brand in enumerate(("", "无", "/", None, "见附件", "不详")):
        publish(session, now, f"E-{number}", brand=brand)
    answer = recalls.find(session, question)
    assert answer.kind == "ask_brand" and not any(m.is_sure for m in answer.matches)


def test_it_is_asked_once_in_a_talk_and_then_answered(talk: Talk) -> None:
    assert "什么品牌" in talk.say("一辆没标牌子的儿童三轮车，会不会是召回的")
    said = talk.say("真没有牌子")
    assert "什么品牌" not in said and "截至" in said


# ── nothing found is not "safe" ──


@pytest.mark.parametrize(
    "question",
    ["九阳豆浆机应该没被召回吧", "苏泊尔电饭煲没有召回就是安全的对吧", "飞利浦榨汁机安全吗", "我家海信冰箱没事吧",
     "贝亲的奶瓶可以放心用吗", "这款好孩子推车会不会有危险", "罗马仕充电宝还能用吗", "小天才手表安不安全", "美的电热毯敢用么"],
)  # fmt: skip
def test_who_asks_whether_a_thing_is_safe_hears_the_day_and_no_promise(
    talk: Talk, question: str
) -> None:
    said = talk.say(question)
    assert "截至 20" in said or "型号" in said
    assert not any(word in said for word in ("是安全的", "可以放心", "没有问题，", "很安全"))


@pytest.mark.parametrize("question", ["九阳豆浆机召回了吗", "苏泊尔电饭煲在不在召回名单里"])
def test_nothing_found_names_the_day_and_the_official_place(talk: Talk, question: str) -> None:
    said = talk.say(question)
    assert "截至 20" in said and "缺陷产品召回技术中心" in said and "不等于没有问题" in said


@pytest.mark.parametrize(("days", "told"), [(0, True), (9, True), (400, True)])
def test_the_day_told_is_never_later_than_the_last_notice(
    session: Session, now: datetime, days: int, told: bool
) -> None:
    publish(session, now, "OLD", published_on=now.date() - timedelta(days=days))
    assert (recalls.as_of(session) == now.date() - timedelta(days=days)) is told


# ── what is read again is not new ──


def test_shipping_again_after_a_restart_tells_nobody_twice(
    session: Session, citizen: Person, now: datetime
) -> None:
    recalls.ship(session, now)
    before = recalls.count(session)
    for hour in range(3):
        moment = now + timedelta(hours=hour)
        assert recalls.ship(session, moment) == (0 if before else before)
        notices.post(session, citizen, "recall", "CN-GD-20250616-ROMOSS", "有召回", moment)
    assert recalls.count(session) == before
    assert len(notices.waiting_for(session, citizen, now + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"contact_phone": "400-000-0000"},
        {"title": "某公司 召回 部分产品"},
        {"models": ["QH-1", "QH-2"]},
    ],
)
def test_a_notice_that_changed_is_no_second_notice(
    session: Session, now: datetime, tmp_path: Any, monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, Any],
) -> None:  # fmt: skip
    """What changes of it, and who hears, comes with the importers."""
    shipped = recalls.SHIPPED.read_text(encoding="utf-8").splitlines()[:3]
    recalls.ship(session, now)
    before = recalls.count(session)
    edited = tmp_path / "cn.jsonl"
    rows = [line_with(line, changed) for line in shipped]
    edited.write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(recalls, "SHIPPED", edited)
    assert recalls.ship(session, now + timedelta(days=1)) == 0
    assert recalls.count(session) == before


def line_with(line: str, changed: dict[str, Any]) -> str:
    return json.dumps({**json.loads(line), **changed}, ensure_ascii=False)


def test_a_thing_is_kept_once_in_a_talk(talks: Callable[[], Talk]) -> None:
    talk = talks()
    words = "帮我盯着点，我家有个倍思充电宝，有召回就告诉我"
    assert "已记下" in talk.say(words)
    assert "已记下" in talk.say(words)
