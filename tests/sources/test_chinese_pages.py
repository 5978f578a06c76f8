"""Pages of the national centre and of Tianjin: tables, prose, lists, and what is no notice."""

from datetime import date

import pytest

from bot.sources import samr, tianjin
from bot.sources.notice import Notice, NotRead

URL = "https://www.samrdprc.org.cn/xfpzh/xfpgnzh/202403/t20240308_1001.html"
TITLE = "青禾电器有限公司召回部分青禾牌电热水壶"
PROSE = (
    "日前，青禾电器有限公司按照《消费品召回管理暂行规定》的要求，主动向天津市市场监督管理委员会"
    "报告了召回计划，将自即日起，召回2023年1月1日至2023年2月28日期间制造的部分青禾牌电热水壶，"
    "型号：QH—11、QH—12，涉及数量为1,234台。</p><p>本次召回范围内的电热水壶，由于壶盖松动，"
    "可能烫伤使用者。</p><p>青禾电器有限公司将免费更换壶盖，以消除安全隐患。</p><p>"
    "消费者可拨打客户服务热线（022-12345678）咨询。"
)
ROWS = (
    ("产品名称", "电热水壶", "品牌", "青禾"),
    ("型号/规格", "QH-11；QH-12"),
    ("生产起止日期", "2023年1月1日至2月28日", "涉及数量", "1234台"),
    ("存在的缺陷", "壶盖松动"),
    ("可能导致的后果", "烫伤"),
    ("具体召回措施", "免费更换壶盖"),
    ("召回联系方式", "022-12345678"),
)


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<td><p>{cell}</p></td>" for cell in row) for row in rows)
    return f"<div class=table><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></div>"


def page(body: str, title: str = TITLE, published: str = "发布时间：2024-03-05") -> bytes:
    return (
        f"<html><body><div class=show_tit><h1>{title}</h1></div><div class=show_tit2>{published}</div>"
        f"<div class=show_txt>{body}</div><div class=prenex>上一篇</div></body></html>"
    ).encode()


def one(data: bytes, url: str = URL) -> Notice:
    (found,) = samr.read(data, url).notices
    return found


NESTINGS = (
    "<div class=TRS_Editor><p>{}</p></div>",
    "<div class=TRS_Editor><div><p><span>{}</span></p></div></div>",
    "<div class=TRS_Editor><div><span><font>{}</font></span></div></div>",
    "<p>{}</p>",
)


@pytest.mark.parametrize("body", [table(*ROWS), *(nest.format(PROSE) for nest in NESTINGS)])
def test_a_notice_is_the_same_in_a_table_and_in_prose(body: str) -> None:
    found = one(page(body))
    assert (found.source_key, found.title, found.published_on) == (
        "t20240308_1001", TITLE, date(2024, 3, 5),
    )  # fmt: skip
    assert (found.product_name, found.brand, found.quantity, found.quantity_unit) == (
        "电热水壶", "青禾", 1234, "台",
    )  # fmt: skip
    assert [model.replace("—", "-") for model in found.models] == ["QH-11", "QH-12"]
    assert "壶盖松动" in (found.hazard or "") and "烫伤" in (found.hazard or "")
    assert "免费更换壶盖" in (found.remedy or "")
    assert "022-12345678" in (found.contact_phone or "") and not found.doubts


def test_several_models_below_a_head_of_columns_stay_together() -> None:
    rows = (("品牌", "型号", "数量"), ("青禾", "QH-1", "10台"), ("白露", "BL-1", "10台"))
    found = one(page(table(*rows, ("产品名称", "风扇"), ("存在的缺陷", "漏电"))))
    assert (found.brand, found.models, found.quantity) == ("青禾；白露", ("QH-1", "BL-1"), 20)
    assert found.product_name == "风扇" and found.hazard == "漏电"


@pytest.mark.parametrize("printed", ["/", "无", "--", "—"])
def test_a_brand_that_says_nothing_is_none_even_where_the_title_has_a_word(printed: str) -> None:
    rows = (("产品名称", "电热水壶", "品牌", printed), *ROWS[1:])
    assert one(page(table(*rows))).brand is None


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        (("生产起止日期", "2019年2月1日至2019年2月29日"), "no_such_day"),
        (("召回联系方式", "0754—8545866"), "phone_length"),
        (("涉及数量", "2.5万台"), "quantity_about"),
    ],
)
def test_a_value_in_doubt_is_kept_as_printed_and_marked(row: tuple[str, str], doubt: str) -> None:
    found = one(page(table(ROWS[0], row, ("存在的缺陷", "漏电"))))
    assert found.doubts == (doubt,)
    kept = {found.manufacture_or_sale_dates, found.contact_phone, found.raw.get("quantity")}
    assert row[1] in kept


@pytest.mark.parametrize(
    ("published", "day", "precision", "doubts"),
    [
        ("发布时间：2019-02-29", None, "unknown", ("no_such_day",)),
        ("", date(2024, 3, 8), "url", ("day_of_address",)),
    ],
)
def test_a_day_that_is_not_there_is_not_made_up(
    published: str, day: date | None, precision: str, doubts: tuple[str, ...]
) -> None:
    found = one(page(table(*ROWS), published=published))
    assert (found.published_on, found.date_precision, found.doubts) == (day, precision, doubts)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (page("<form><input type=Password></form>"), "login_form"),
        (page(table(*ROWS), title="市场监管总局抽查电热水壶，3批次不合格"), "not_a_recall"),
        (page(table(*ROWS), title="青禾充电宝被召回？3C证书暂停"), "not_a_recall"),
        (page(table(*ROWS), title="青禾（中国）公司召回部分2019款汽车"), "not_consumer_goods"),
        (page(table(*ROWS), title=""), "no_title"),
        (page("<p>页面不存在</p>"), "no_layout"),
        (page(table(("产品名称", "风扇"))), "no_layout"),
        (page(f"<p>{PROSE.replace('1,234', '')}</p>"), "damaged_text"),
        (page(f"<p>{PROSE.replace('监督', '監(jiān)督(dū)')}</p>"), "damaged_text"),
        (b'{"error": "<none>"}', "not_html"),
        (b"", "empty"),
        (page(table(*ROWS)) + b"<!-- saved from url=(0031)https://recall.example.com/a -->", "host"),
        (page(table(*ROWS)) + b"<!-- saved from url=(0031)https://evil-gov.cn/a -->", "host"),
    ],
)  # fmt: skip
def test_what_is_no_whole_notice_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(NotRead) as refused:
        samr.read(data, "saved.html")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "title", ["青禾公司召回部分儿童汽车安全座椅", "青禾公司召回部分玩具摩托车充电器"]
)
def test_words_for_cars_in_the_name_of_a_thing_do_not_put_it_out(title: str) -> None:
    assert one(page(table(*ROWS), title=title)).title == title


@pytest.mark.parametrize(
    ("name", "extra", "key"),
    [
        ("t20240308_1001.html", b"", "t20240308_1001"),
        ("saved.html", f"<!-- saved from url=(0068){URL} -->".encode(), "t20240308_1001"),
        ("saved.html", f'<link rel="canonical" href="{URL}">'.encode(), "t20240308_1001"),
    ],
)
def test_a_saved_page_keeps_its_key(name: str, extra: bytes, key: str) -> None:
    assert one(page(table(*ROWS)) + extra, name).source_key == key


def test_a_saved_page_without_address_has_a_key_of_its_own_and_says_so() -> None:
    first, again = one(page(table(*ROWS)), "a.html"), one(page(table(*ROWS)), "b.html")
    assert first.source_key == again.source_key and first.doubts == ("no_address",)
    assert one(page(table(*ROWS), title=TITLE + "盖"), "a.html").source_key != first.source_key


def test_tianjin_reads_brand_and_model_from_the_name_of_the_thing() -> None:
    prose = PROSE.replace("部分青禾牌电热水壶，型号：QH—11、QH—12", "青禾牌QH599Z型号电动自行车")
    (found,) = tianjin.read(page(f"<p>{prose}</p>"), URL).notices
    assert (found.brand, found.models, found.product_name) == ("青禾", ("QH599Z",), "电动自行车")
    assert found.publisher == "天津市市场监督管理委员会"


def test_a_list_names_its_pages_and_no_cars() -> None:
    rows = (
        "<ul><li><a href='./202403/t20240308_1001.html'>2023-01-01起甲1</a><span>2024-03-05</span></li>"
        "<li><a href='./202403/t20240308_1002.html'>乙</a></li>"
        "<li><a href='/qczh/gnzhqc/202403/t20240308_1003.html'>丙</a></li>"
        "<li><a href='about.html'>关于</a></li></ul>"
    )
    first, second = samr.links(
        rows.encode(), "https://www.samrdprc.org.cn/xfpzh/xfpgnzh/index.html"
    )
    assert (first.url, first.published_on) == (URL, date(2024, 3, 5))
    assert second.url.endswith("1002.html") and second.published_on is None
    with pytest.raises(NotRead, match="empty_list"):
        samr.links("<ul><li><a href='about.html'>关于</a></li></ul>".encode(), URL)
    with pytest.raises(NotRead, match="list_page"):
        samr.read(rows.encode(), "saved.html")
