"""The case in hand in an answer: terms counted by hand, sums under their condition, younger rules."""

import dataclasses
from datetime import date as D
from decimal import Decimal

import pytest

from bot.casework import guidance, guidance_case
from bot.casework.guidance_case import Case, Told
from bot.library import guidance_loader
from bot.library.guidance_loader import Cite, Penalty, Term
from bot.reading import folding

SUNDAY = D(2026, 11, 8)
OVER = "已经过了"
OFFICE = "以受理部门答复为准"


def said(entry_id: str, text: str, today: D = SUNDAY) -> str:
    case = guidance_case.read(folding.plain(text), today)
    return "\n".join(guidance_case.lines(guidance.entry(entry_id), case, today))


# The days were counted on a calendar by hand: the day of the event is not counted, a statutory holiday
# at the end moves it, and a plain day off is named beside the safe day.
@pytest.mark.parametrize(
    ("entry", "text", "today", "expected", "open_"),
    [
        ("seven-days", "我11月3日签收的衣服", SUNDAY, "11月3日签收，七日无理由退货的通知到11月10日为止。", ""),
        ("seven-days", "我3号下单5号收到货想退", SUNDAY, "11月5日签收，七日无理由退货的通知到11月12日", ""),
        ("seven-days", "签收是11月3日", SUNDAY, "11月3日签收，七日无理由退货的通知到11月10日", ""),
        ("seven-days", "昨天刚到货不想要了", SUNDAY, "到11月14日为止；最后一天赶上休息日，是否顺延到11月16日", ""),
        ("seven-days", "上周三收到的包", SUNDAY, "10月28日签收，七日无理由退货的通知到11月4日", "质量问题"),
        ("seven-days", "10月3号收到的鞋", SUNDAY, "10月3日签收，七日无理由退货的通知到10月10日", "质量问题"),
        ("seven-days", "10月31日收到", SUNDAY, "到11月7日为止；最后一天赶上休息日，是否顺延到11月9日", ""),
        ("seven-days", "10月31日收到", D(2026, 11, 10), "到11月9日为止，已经过了", "承诺"),
        ("seven-days", "9月24日签收", D(2026, 9, 30), "到10月4日为止；最后一天赶上休息日，是否顺延到10月8日", ""),
        ("seven-days", "9月24日签收", D(2026, 10, 8), "到10月4日为止；最后一天赶上休息日，是否顺延到10月8日", ""),
        ("seven-days", "9月24日签收", D(2026, 10, 9), "到10月8日为止，已经过了", "质量问题"),
        ("seven-days", "12月28日签收", D(2026, 12, 30), "到2027年1月4日为止。", ""),
        ("seven-days", "2025年12月25日签收", D(2026, 1, 2), "到1月2日为止", ""),
        ("seven-days", "2月27日收到", D(2027, 3, 1), "2月27日签收，七日无理由退货的通知到3月6日", ""),
        ("seven-days", "4月28日收到", D(2027, 4, 29), "到5月5日为止。", ""),
        ("quality-return", "11月2号拿到手就坏", SUNDAY, "11月2日签收，没有规定和约定时的七日退货到11月9日", ""),
        ("phone-seven-days", "手机11月1日买的", SUNDAY, "11月1日购买，七日内退、换、修到11月8日", ""),
        ("phone-seven-days", "10月28日买手机坏了", SUNDAY, "11月4日为止，已经过了。\n按您说的10月28日购买，十五日内换或修到11月12日", ""),
        ("phone-seven-days", "10月1日买的手机", SUNDAY, "十五日内换或修到10月16日为止，已经过了", "免费修理"),
        ("computer", "11月7日下单的笔记本", SUNDAY, "11月7日购买，七日内退、换、修到11月14日", ""),
        ("appliances", "11月3日买的空调", SUNDAY, "到11月10日为止。\n期限以官方公布为准", ""),
        ("car-engine", "10月20号提车发动机异响", SUNDAY, "六十日内换总成（跑满3000公里在先的，先到为准）到12月19日", ""),
        ("car-safety", "9月9日提的车", SUNDAY, "9月9日提车，六十日内换车或退车（跑满3000公里在先的，先到为准）到11月8日", ""),
        ("car-safety", "9月1日提的车", SUNDAY, "到11月2日为止，已经过了", "换或退"),
        ("car-terms", "2024年11月8日提车", SUNDAY, "（跑满5万公里在先的，先到为准）到11月8日", ""),
        ("car-loaner", "11月2日送修的", SUNDAY, "11月2日送修，单次修理的五日到11月7日", ""),
        ("prepaid-seven-days", "11月5日办的健身卡", SUNDAY, "11月5日付款，七日内要求退预付款本金到11月12日", ""),
        ("prepaid-seven-days", "10月5日交的钱", SUNDAY, "到10月12日为止，已经过了", "法定解除理由"),
        ("refund-time", "商家11月4日收到退货", SUNDAY, "11月4日商家收到退货，商家退款的七日到11月11日", ""),
        ("refund-time", "卖家11月4日收到货了还不退款", SUNDAY, "11月4日商家收到退货，商家退款的七日到11月11日", ""),
        ("refund-time", "退货11月4日签收", SUNDAY, "11月4日商家收到退货，商家退款的七日到11月11日", ""),
        ("acceptance-time", "周一交的投诉", SUNDAY, "11月2日提交投诉，决定是否受理的7个工作日到11月11日", ""),
        ("acceptance-time", "9月23日提交的", D(2026, 10, 9), "9月23日提交投诉，决定是否受理的7个工作日到10月10日", ""),
        ("acceptance-time", "12月30日投诉的", D(2026, 12, 31), "到2027年1月8日为止。（2027年的放假安排还没公布，先按周一至周五算。）", ""),
        ("report-time", "10月12日举报的", SUNDAY, "10月12日提交举报，核查的15个工作日到11月2日为止，已经过了", "延长15个工作日"),
        ("sixty-days", "9月10日受理的", SUNDAY, "9月10日受理，调解的60日（鉴定检测的时间另算）到11月9日", ""),
        ("judicial-confirmation", "10月30日签的调解协议", SUNDAY, "10月30日协议生效，共同申请司法确认的三十日到11月29日", ""),
        ("burden-six-months", "2026年8月31日收到的空调", SUNDAY, "到2027年2月28日为止；最后一天赶上休息日，是否顺延到2027年3月1日", ""),
        ("burden-six-months", "2025年8月31日收到的空调", D(2026, 2, 27), "到2月28日为止。", ""),
        ("burden-six-months", "4月30日收到", SUNDAY, "由商家举证的六个月到10月30日为止，已经过了", "天津"),
        ("complaint-too-late", "2022年9月5日发现被骗", SUNDAY, "2025年9月5日为止，已经过了", "协商"),
        ("complaint-too-late", "2024年2月29日知道上当", SUNDAY, "2027年2月28日", ""),
        ("limitation", "2024年1月5日发现炸裂", SUNDAY, "一般三年的诉讼时效到2027年1月5日", ""),
        ("tianjin-association", "11月3日交的投诉", SUNDAY, "消协决定的5个工作日到11月10日", ""),
        ("not-as-described", "11月6日收到货", SUNDAY, "天津的七日退款或更换到11月13日", ""),
        ("refusal-fifteen-days", "10月20日要求退货", SUNDAY, "10月20日提出要求，商家办理的十五日到11月4日为止，已经过了", "投诉"),
    ],
)  # fmt: skip
def test_a_term_is_counted_from_the_day_that_was_told(
    entry: str, text: str, today: D, expected: str, open_: str
) -> None:
    line = said(entry, text, today)
    assert expected in line
    assert open_ in line
    assert bool(open_) == (line.rpartition("\n")[2].count(OVER) == 1)
    assert line.count(OFFICE) == ("顺延" in line)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("seven-days", "11月1日买的"),  # bought is not received
        ("seven-days", "11月3日还没收到"),
        ("seven-days", "11月3日前收到的"),
        ("seven-days", "10月收到的"),
        ("seven-days", "明天收到"),
        ("seven-days", "商家11月4日收到退货"),
        ("seven-days", "卖家11月4日收到货了"),
        ("seven-days", "11月4日没给我送到"),
        ("phone-seven-days", "11月5日收到手机"),
        ("acceptance-time", "11月5日发现的"),
        ("sixty-days", "11月5日不予受理"),
    ],
)
def test_another_day_or_none_that_is_sure_only_says_from_when_it_counts(
    entry: str, text: str
) -> None:
    line = said(entry, text)
    assert "的次日起算" in line
    assert "到11月" not in line


@pytest.mark.parametrize("text", ["七日无理由怎么算", "签收后几天能退", "前阵子收到的"])
def test_without_a_day_nothing_is_added(text: str) -> None:
    assert said("seven-days", text) == ""


@pytest.mark.parametrize(
    ("entry", "text", "expected"),
    [
        ("fraud-triple", "花2999买到假货", "2999元，如经认定构成欺诈，三倍是8997元，以认定为准"),
        ("fraud-triple", "花了100元被骗", "三倍不足500元，可按500元要求"),
        ("fake-goods", "花了166元", "三倍不足500元"),
        ("fake-goods", "花了167元", "三倍是501元"),
        ("elderly-products", "一共花了3万", "30000元，如经认定构成欺诈，三倍是90000元"),
        ("fraud-triple", "花了99.9元", "99.9元，如经认定构成欺诈，三倍不足500元"),
        ("expired-food", "牛奶花了12块", "十倍不足1000元，可按1000元要求"),
        ("expired-food", "花了128元", "如经认定食品不符合安全标准、商家明知还卖，十倍是1280元"),
        ("fraud-triple", "花了三百多", ""),
        ("fraud-triple", "卖假货我要他赔5000元", ""),
        ("fraud-triple", "最低500元对吗", ""),
        ("fraud-triple", "2999元的手机是翻新的", "三倍是8997元"),
        ("fraud-triple", "花了2999元买到假货想要赔5000元", "三倍是8997元"),
        ("fraud-triple", "我想问三倍怎么赔", ""),
        ("seven-days", "花2999买的", ""),
    ],
)  # fmt: skip
def test_a_sum_is_never_without_its_condition(entry: str, text: str, expected: str) -> None:
    line = said(entry, text)
    assert expected in line
    assert bool(line) == bool(expected)
    for one in filter(None, line.split("\n")):
        assert "如经认定" in one and one.endswith("以认定为准。")


@pytest.mark.parametrize(
    ("entry", "text", "since"),
    [
        ("prepaid-seven-days", "2024年6月办的健身卡", "2025-05-01"),
        ("prepaid-seven-days", "2025年4月30日办的卡", "2025-05-01"),
        ("prepaid-seven-days", "2025年5月1日办的卡", None),
        ("prepaid-seven-days", "2025年办的卡", None),  # perhaps after
        ("car-engine", "2021年5月1日提车", "2022-01-01"),
        ("car-engine", "2021年买的车", "2022-01-01"),
        ("sixty-days", "2026年3月2日受理的", "2026-04-15"),
        ("sixty-days", "2025年3月2日买的", None),  # the proceeding counts, not the purchase
        ("acceptance-time", "2026年4月14日投诉的", "2026-04-15"),
        ("acceptance-time", "2026年4月15日投诉的", None),
        ("closing-notice", "2023年办的卡", "2024-07-01"),
        ("seven-days", "2013年3月1日签收", "2017-03-15"),
        ("housing", "2003年买的房", "2004-09-01"),
    ],
)
def test_a_rule_younger_than_the_matter_says_so(entry: str, text: str, since: str | None) -> None:
    line = said(entry, text)
    assert (f"自{since}起施行；那以前的事可能适用当时的规定，以受理部门答复为准" in line) == (
        since is not None
    )
    if since is not None:
        assert "为止" not in line  # not counted by a rule that was not in force


def test_the_message_goes_before_the_talk_and_the_talk_before_the_record() -> None:
    new = guidance_case.read("11月3日签收", SUNDAY)
    old = guidance_case.read("10月3日签收,花了50元", SUNDAY)
    assert (new | old).days == new.days
    assert (new | old).amount == Decimal(50)
    assert (Case() | old) == old


@pytest.mark.parametrize(
    ("story", "event"),
    [
        ("11月3日签收的鞋開膠", "received"),
        ("１１月３日买的鞋", "bought"),
        ("昨天买的", None),
        (None, None),
    ],
)
def test_a_record_s_day_is_what_its_story_says(story: str | None, event: str | None) -> None:
    case = guidance_case.of_record(D(2026, 11, 3), story, None)
    assert case.days == (Told(D(2026, 11, 3), D(2026, 11, 3), event),)


def test_a_record_without_a_day_has_none() -> None:
    assert guidance_case.of_record(None, "11月3日签收", Decimal(5)) == Case((), Decimal(5))


GOOD = guidance.entry("phone-seven-days")
RULE = GOOD.terms[0].rule


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"terms": (Term("七日", "eaten", RULE, 7, open="可修。"),)}, "no event"),
        ({"terms": (Term("七日", "bought", RULE, open="可修。"),)}, "needs days or months"),
        ({"terms": (Term("七日", "bought", RULE, 7, 1, open="可修。"),)}, "needs days or months"),
        ({"terms": (Term("七日", "bought", RULE, 0, 1, "working", "可修。"),)}, "counted"),
        ({"terms": (Term("七日", "bought", RULE, 7),)}, "what is open"),
        (
            {"terms": (Term("七日", "bought", Cite("civil_code", 1), 7, open="可修。"),)},
            "not among",
        ),
        ({"terms": (Term("七日", "bought", RULE, 7, open="保证退款。"),)}, "forbidden"),
        ({"penalty": Penalty(3, 500, "luck", RULE)}, "no condition"),
        ({"penalty": Penalty(3, 500, "fraud", Cite("civil_code", 1))}, "not among"),
    ],
)
def test_the_check_refuses_a_term_or_penalty(changes: dict[str, object], complaint: str) -> None:
    broken = dataclasses.replace(GOOD, confused_with=(), **changes)  # type: ignore[arg-type]
    assert complaint in "\n".join(guidance_loader.problems((broken,)))


def test_an_entry_of_grade_b_never_states_a_term_without_what_prevails() -> None:
    laws = guidance_loader.laws()
    for entry in guidance_loader.entries():
        for term in entry.terms:
            today = D(2026, 11, 3)
            case = Case((Told(today, today, term.start),))
            text = "\n".join(guidance_case.lines(entry, case, today))
            assert ("以官方公布为准" in text) == (laws[term.rule.law].grade == "B")
