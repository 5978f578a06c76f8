"""Days, quantities, models, phones and characters as they stand in Chinese notices."""

from datetime import date

import pytest

from bot.sources import values
from bot.sources.charset import decode
from bot.sources.notice import NotRead, text


@pytest.mark.parametrize(
    ("printed", "day", "doubt"),
    [
        ("发布时间：2024-03-05", date(2024, 3, 5), None),
        ("2024年3月5日", date(2024, 3, 5), None),
        ("２０２４／３／５", date(2024, 3, 5), None),
        ("20240305", date(2024, 3, 5), None),
        ("2020年2月29日", date(2020, 2, 29), None),
        ("2019年2月29日", None, "no_such_day"),
        ("2024-13-01", None, "no_such_day"),
        ("12月20日", None, "day_not_read"),
        ("近日", None, "day_not_read"),
    ],
)
def test_a_day_is_read_or_said_to_be_none(
    printed: str, day: date | None, doubt: str | None
) -> None:
    assert values.day(printed) == (day, doubt)


@pytest.mark.parametrize(
    ("printed", "count", "unit", "doubts"),
    [
        ("1680件", 1680, "件", []),
        ("49,937 台", 49937, "台", []),
        ("３４７辆", 347, "辆", []),
        ("11.5万个", 115000, "个", ["quantity_about"]),
        ("约300台", 300, "台", ["quantity_about"]),
        ("超5万只", 50000, "只", ["quantity_about"]),
        ("4", 4, None, []),
        ("A型10台，B型20台，共计30台", 30, "台", []),
        ("A型10台，B型20台，共计40台", 40, "台", ["quantity_sum"]),
        ("10台；20台", 30, "台", []),
        ("若干", None, None, ["quantity_not_read"]),
        ("为台", None, None, ["quantity_not_read"]),
        ("9" * 30 + "台", None, None, ["quantity_not_read"]),
    ],
)
def test_a_quantity_is_read_with_its_doubts(
    printed: str, count: int | None, unit: str | None, doubts: list[str]
) -> None:
    assert values.quantity(printed) == (count, unit, doubts)


@pytest.mark.parametrize(
    ("printed", "models"),
    [
        ("QH-11", ("QH-11",)),
        ("QH-11、QH-12;QH-13", ("QH-11", "QH-12", "QH-13")),
        ("QH-11 QH-13 QH-17", ("QH-11", "QH-13", "QH-17")),
        ("型号：QH—11", ("QH—11",)),
        ("型号:QH-11,数量:20台;型号:QH-12,数量:30台", ("QH-11", "QH-12")),
        ("KT1/C1X/K1X", ("KT1/C1X/K1X",)),
        ("QH-11(红色、蓝色)", ("QH-11(红色、蓝色)",)),
        ("220V 50Hz", ("220V", "50Hz")),
        ("runner pro", ("runner pro",)),
        ("0380、0381", ("0380", "0381")),
        ("/", ()),
        ("无", ()),
        ("--", ()),
        ("", ()),
    ],
)
def test_models_in_one_field_are_parted(printed: str, models: tuple[str, ...]) -> None:
    assert values.models(printed) == models


@pytest.mark.parametrize(
    ("printed", "is_short"),
    [
        ("022-12345678", False),
        ("010-5979961", True),
        ("0754—8888888", True),
        ("0754—88888888", False),
        ("（0751）8888888", False),
        ("400-800-1234", False),
        ("400-800-123", True),
        ("13800000001", False),
        ("1380000000", True),
        ("12315", False),
        ("021-67270222转8012", False),
        ("service@example.cn", False),
        ("", False),
    ],
)
def test_a_phone_with_a_digit_too_few_is_doubtful(printed: str, is_short: bool) -> None:
    assert values.phone_doubts(printed) == (["phone_length"] if is_short else [])


@pytest.mark.parametrize("printed", ["", "/", "--", "—", "无", " 无 ", "N/A", None])
def test_what_says_nothing_is_nothing(printed: str | None) -> None:
    assert text(printed) is None


PAGE = "<meta charset={}><h1>青禾召回</h1>"


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (PAGE.format("utf-8").encode(), None),
        (b"\xef\xbb\xbf" + PAGE.format("utf-8").encode(), None),
        (PAGE.format("gb2312").encode("gb18030"), None),
        (PAGE.format("utf-8").encode("gb18030"), None),  # what it declares is wrong
        (PAGE.format("no-such-charset").encode(), None),
        (b"<h1>" + "青禾召回".encode("gb18030"), None),
        (b"<h1>" + "青禾召回".encode("gbk"), "GBK"),
    ],
)
def test_a_page_is_decoded_by_what_it_declares_or_by_what_fits(
    data: bytes, declared: str | None
) -> None:
    assert "青禾召回" in decode(data, declared) and "�" not in decode(data, declared)


@pytest.mark.parametrize(("data", "reason"), [(b" \n", "empty"), (b"\x80\xff\xff\xfe", "charset")])
def test_bytes_without_text_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotRead, match=reason):
        decode(data)
