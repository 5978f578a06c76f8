"""Days: how people name them, and what only looks like one."""

from datetime import date

import pytest

from bot.reading import dates

TODAY = date(2026, 11, 25)  # a Wednesday

DAYS = (
    ("3月5日买的", "3月5日", "2026-03-05"),
    ("3月5号买的", "3月5号", "2026-03-05"),
    ("12月1日", "12月1日", "2025-12-01"),
    ("7月I3日", "7月I3日", "2026-07-13"),
    ("1O月2日", "1O月2日", "2026-10-02"),
    ("昨天到的", "昨天", "2026-11-24"),
    ("前天晚上", "前天晚上", "2026-11-23"),
    ("大前天", "大前天", "2026-11-22"),
    ("今天上午", "今天上午", "2026-11-25"),
    ("昨晚吃的", "昨晚", "2026-11-24"),
    ("上个月30号", "上个月30号", "2026-10-30"),
    ("2023年5月6日", "2023年5月6日", "2023-05-06"),
    ("17年12月6号", "17年12月6号", "2017-12-06"),
    ("去年3月8号", "去年3月8号", "2025-03-08"),
    ("5.3号", "5.3号", "2026-05-03"),
    ("12-14号", "12-14号", "2025-12-14"),
    ("1.17号", "1.17号", "2026-01-17"),
    ("2020.9.17", "2020.9.17", "2020-09-17"),
    ("2020-02-06", "2020-02-06", "2020-02-06"),
    ("2019/3/22", "2019/3/22", "2019-03-22"),
    ("12.25买的", "12.25", "2025-12-25"),
    ("十二月三号", "十二月三号", "2025-12-03"),
    ("双十一买的", "双十一", "2026-11-11"),
    ("去年双十一", "去年双十一", "2025-11-11"),
    ("双12抢的", "双12", "2025-12-12"),
    ("元旦去的", "元旦", "2026-01-01"),
    ("上周六", "上周六", "2026-11-21"),
    ("周日下午", "周日下午", "2026-11-22"),
    ("23号我去的", "23号", "2026-11-23"),
    ("30号下的单", "30号", "2026-10-30"),
    ("2022年8月11号下午", "2022年8月11号下午", "2022-08-11"),
    ("2月29日", "2月29日", "2024-02-29"),
    ("3月15", "3月15", "2026-03-15"),
    ("明年1月1日到期", "明年1月1日", "2027-01-01"),
    ("明天发货", "明天", "2026-11-26"),
)
OTHERS = (
    ("去年9月", "去年9月", "2025-09-01", "month"),
    ("12月底", "12月底", "2025-12-01", "month"),
    ("10月份", "10月份", "2026-10-01", "month"),
    ("2019年2月底", "2019年2月底", "2019-02-01", "month"),
    ("二零一九年五月", "二零一九年五月", "2019-05-01", "month"),
    ("17年八月", "17年八月", "2017-08-01", "month"),
    ("2017年买的", "2017年", "2017-01-01", "year"),
    ("18年买的", "18年", "2018-01-01", "year"),
    ("去年办的卡", "去年", "2025-01-01", "year"),
    ("国庆期间", "国庆期间", "2026-10-01", "vague"),
    ("年前", "年前", None, "vague"),
    ("前几天", "前几天", None, "vague"),
    ("春节", "春节", None, "vague"),
    ("2月30日", "2月30日", None, "day"),
    ("2023年13月5日", "2023年13月5日", None, "day"),
)
NO_DAY = (
    "半个月", "三天", "快一周了", "4个月", "用了2年", "质保3年", "三年前", "12.25元", "评分4.8",
    "iOS 12.3", "KFR-35GW", "1号店", "3号楼", "中山路23号", "2019款", "周大福", "每周三次",
    "12月卡", "五一路", "13800000000", "45O元", "16-01型", "3日内", "7天无理由", "1-15日到账",
    "花了9.9", "第20号", "48V20Ah", "一个半月", "天津",
)  # fmt: skip
LENGTHS = (
    ("等了半个月", "半个月", 15), ("三天了", "三天", 3), ("快一周了", "一周", 7),
    ("4个月", "4个月", 120), ("一个半月", "一个半月", 45), ("用了2年", "2年", 730),
    ("几天", "几天", None),
)  # fmt: skip


@pytest.mark.parametrize(("text", "span", "on"), DAYS)
def test_a_day_is_read(text: str, span: str, on: str) -> None:
    (day,) = dates.find(text, TODAY)
    assert (day.text, day.on, day.precision) == (span, date.fromisoformat(on), "day")
    assert text[day.start : day.end] == span


@pytest.mark.parametrize(("text", "span", "on", "precision"), OTHERS)
def test_a_less_exact_time_says_so(text: str, span: str, on: str | None, precision: str) -> None:
    (day,) = dates.find(text, TODAY)
    wanted = date.fromisoformat(on) if on else None
    assert (day.text, day.on, day.precision) == (span, wanted, precision)


@pytest.mark.parametrize("text", NO_DAY)
def test_what_is_no_day_is_not_found(text: str) -> None:
    assert dates.find(text, TODAY) == []


@pytest.mark.parametrize(("text", "span", "days"), LENGTHS)
def test_a_length_of_time_is_read_apart_from_days(text: str, span: str, days: int | None) -> None:
    (length,) = dates.durations(text)
    assert (length.text, length.days) == (span, days)


@pytest.mark.parametrize("text", ["3月5日", "2019年5月", "去年", "周六", "三月"])
def test_a_day_is_no_length_of_time(text: str) -> None:
    assert dates.durations(text) == []


def test_two_days_come_in_the_order_of_the_text() -> None:
    found = dates.find("5月9日下单 截止5月17日都没发", TODAY)
    assert [day.on for day in found] == [date(2026, 5, 9), date(2026, 5, 17)]
