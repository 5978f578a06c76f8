"""Phones, id numbers and contact lines."""

import pytest

from bot.reading import phones

MOBILES = (
    "13800000000", "138 0000 0000", "138-0000-0000", "+8613800000000", "+86 138 0000 0000",
    "86-13800000000", "I3800000000", "138OOOOOOOO", "一三八零零零零零零零零", "008613800000000",
    "138.0000.0000", "13 800 000 000",
)  # fmt: skip
NOT_PERSONAL = (
    "12315", "400-800-1234", "95588", "022-27391234", "订单20231111138000000001", "2020-11-25",
    "12800000000", "6222021234567890123", "KFR-35GW", "1380000",
)  # fmt: skip
CONTACTS = (
    ("张女士 13800000000 中北镇万卉路5号", "张女士", "13800000000", "中北镇万卉路5号"),
    ("13800000000", None, "13800000000", None),
    ("李强,15000000000", "李强", "15000000000", None),
    ("我叫王小明 电话138 0000 0000", "王小明", "13800000000", None),
    ("我姓李", "李", None, None),
    ("欧阳娜 +86 13800000000", "欧阳娜", "13800000000", None),
    ("地址:大寺镇龙居花园3号楼 赵先生", "赵先生", None, "大寺镇龙居花园3号楼"),
    ("〔手机号〕 王先生", "王先生", None, None),
    ("022-27391234 刘芳", "刘芳", "02227391234", None),
    ("不方便", None, None, None),
)


@pytest.mark.parametrize("text", MOBILES)
def test_a_mobile_is_taken_out_however_it_is_typed(text: str) -> None:
    assert phones.redact(f"打我{text}吧") == ("打我〔手机号〕吧", ["13800000000"], [])


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_other_numbers_stay(text: str) -> None:
    assert phones.redact(text) == (text, [], [])


@pytest.mark.parametrize(
    "text", ["12011119900101123X", "120111 19900101 123x", "120111199001011234"]
)
def test_an_id_number_is_taken_out(text: str) -> None:
    redacted, mobiles, ids = phones.redact(f"证件{text}")
    assert (redacted, mobiles) == ("证件〔证件号〕", [])
    assert len(ids[0]) == 18


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("银行卡6222021234567890123被多扣了", "银行卡〔银行卡号〕被多扣了"),
        ("工行卡 6222 0212 3456 7890 123 扣了两次", "工行卡 〔银行卡号〕 扣了两次"),
        ("卡号是6222-0212-3456-7890", "卡号是〔银行卡号〕"),
        ("信用卡号码:4392260012345678,盗刷", "信用卡号码:〔银行卡号〕,盗刷"),
        ("退到支付账号6217000012345678901", "退到支付账号〔银行卡号〕"),
        ("我护照E12345678,酒店登记", "我护照〔证件号〕,酒店登记"),
        ("护照号码是 EA1234567", "护照号码是 〔证件号〕"),
        ("港澳通行证C12345678丢了", "港澳通行证〔证件号〕丢了"),
        ("我邮箱sima@example.com,一直收到广告", "我邮箱〔邮箱〕,一直收到广告"),
        ("发到li.si_88@mail.example.com.cn吧", "发到〔邮箱〕吧"),
        ("12345678@qq.com是我的", "〔邮箱〕是我的"),
    ],
)
def test_a_card_a_passport_and_a_mail_address_are_taken_out(text: str, redacted: str) -> None:
    assert phones.redact(text)[0] == redacted
    assert len(phones.redact(text)[2]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "订单号1234567890123456789一直不发货",
        "快递单号YT6222021234567890",
        "健身卡3000元不给退",
        "会员卡充了5000元还剩3200",
        "银行卡扣了我2999元,订单6222021234567890123",
        "充电宝型号PAC20-272护照都拍了",
        "条码6901234567892",
        "微博@某某旗舰店不回",
        "3个@5元一共15",
    ],
)
def test_orders_parcels_codes_and_sums_stay(text: str) -> None:
    assert phones.redact(text) == (text, [], [])


def test_a_landline_is_found_and_stays() -> None:
    (phone,) = phones.find_phones("店里电话022-27391234")
    assert (phone.kind, phone.number) == ("landline", "02227391234")


def test_two_mobiles_are_taken_out_in_order() -> None:
    redacted, mobiles, _ = phones.redact("13800000000或15000000000")
    assert redacted == "〔手机号〕或〔手机号〕"
    assert mobiles == ["13800000000", "15000000000"]


def test_a_shown_phone_hides_its_middle() -> None:
    assert phones.mask("13812345678") == "138****5678"
    assert phones.mask("110") == "***"


@pytest.mark.parametrize(("text", "name", "phone", "address"), CONTACTS)
def test_a_contact_line_is_read(
    text: str, name: str | None, phone: str | None, address: str | None
) -> None:
    assert phones.contact(text) == phones.Contact(name, phone, address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("13812345678", True), ("我的电话是13812345678", True), ("138 1234 5678，微信同号", True), ("张女士13812345678", False),
     ("商家电话13812345678打不通", False), ("我的电话打不通", False)],
)  # fmt: skip
def test_a_bare_number_is_one_with_nothing_told(text: str, expected: bool) -> None:
    redacted, found, _ = phones.redact(text)
    assert (bool(found) and phones.is_bare(redacted)) is expected
