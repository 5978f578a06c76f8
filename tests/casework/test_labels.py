"""What the lines and barcodes of a label name; recorded as the reader of text gives them."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.recalls import AnswerRecall, ValidateRecallForm
from bot.casework import disputes, label_lines, label_notice, labels, notices, quiet, recalls
from bot.casework.label_lines import Box
from bot.casework.labels import Label
from bot.casework.records import Notice, OfferedButton, Person
from bot.library import load
from tests.casework.test_things_in_talk import Say, say  # noqa: F401 - a fixture

EAN = "6901234567892"

# Lines as they were read, the barcodes, and what they name.
LABELS: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "a Chinese label": (
        "品名：移动电源|品牌：罗马仕ROMOSS|型号：PAC20-272|生产日期：2024-03-05|额定容量：12000mAh 5V=3A"
        "|制造商：深圳罗马仕科技有限公司", [EAN],
        {"brand": "罗马仕ROMOSS", "model": "PAC20-272", "product": "移动电源", "made": "2024-03-05", "barcode": EAN},
    ),
    "an English label": (
        "Power Bank|Brand: Voltara|Model No.: ZB8200-195|Input: 100-240V~50/60Hz 0.5A|Batch No.: 46536860"
        "|Date of manufacture: 2026-11-18|Made in China", [],
        {"brand": "Voltara", "model": "ZB8200-195", "batch": "46536860", "made": "2026-11-18"},
    ),
    "both languages in one line": (
        "品牌 Brand：乐多 LEDUO|型号 Model：WRS-8322-669|输入 Input：220V~ 50Hz 1500W|产品批号 Lot：39780417"
        "|标准 Standard：GB 4706.1-2005", [],
        {"brand": "乐多 LEDUO", "model": "WRS-8322-669", "batch": "39780417"},
    ),
    "the value in the next line": ("型号|QB826G|额定电压|220V", [], {"model": "QB826G"}),
    "two values in one line": ("品牌：海川 型号：HC-201 颜色：白", [], {"brand": "海川", "model": "HC-201"}),
    "without a colon": ("型号QH-1000", [], {"model": "QH-1000"}),
    "full width": ("型号：ＱＨ－１０００", [], {"model": "QH-1000"}),
    "a space around the dash": ("型号：PAC20 - 272", [], {"model": "PAC20-272"}),
    "traditional letters": ("型號：QH-1000", [], {"model": "QH-1000"}),
    "an item number": ("货号：0507A", [], {"model": "0507A"}),
    "a model of digits": ("型号：8900", [], {"model": "8900"}),
    "a rating is no model": ("型号：48V20Ah", [], {}),
    "a standard is no model": ("执行标准：GB4943.1-2022|GB4706", [], {}),
    "a day is no model": ("型号：2024-03-05", [], {}),
    "a serial number is no model": ("S/N: A12B34567|序列号：X998877", [], {}),
    "a phone is no model": ("电话：400-000-0000", [], {}),
    "a code alone is the model where it is the only one": ("QINGHE|QH-1000|220V 50Hz", [], {"model": "QH-1000"}),
    "of two codes without a word none": ("QH-1000|ZB8200-195", [], {}),
    "no brand is none": ("品牌：无|型号：QH-1000", [], {"model": "QH-1000"}),
    "a brand everybody knows": ("小米 Xiaomi|美的 Midea|型号：QH-1000", [], {"brand": "美的", "model": "QH-1000"}),
    "a month of manufacture": ("生产日期：2024年3月", [], {"made": "2024-03"}),
    "a day without signs": ("生产日期：20240305", [], {"made": "2024-03-05"}),
    "no month of that number": ("生产日期：2024-13-05", [], {}),
    "the digits under the bars": ("6 901234 567892", [], {"barcode": EAN}),
    "digits with a wrong check digit": ("6901234567893", [], {}),
    "a serial in the bars is no article": ("型号：QH-1000", ["SN0123456789"], {"model": "QH-1000"}),
    "the bars go before the printed digits": (EAN, ["6978490962921"], {"barcode": "6978490962921"}),
    "nothing to read": ("", [], {}),
    "a till receipt is no label": ("合计：39.90|谢谢惠顾", [], {}),
    "signs that are no letters": ("型号：▲■●|品牌：★★", [], {}),
}  # fmt: skip


def read(lines: str, bars: list[str]) -> dict[str, Any]:
    found = labels.read(lines.split("|"), bars, None)
    return {name: value for name, value in vars(found).items() if value}


@pytest.mark.parametrize("case", LABELS)
def test_a_label_names_this_and_nothing_else(case: str) -> None:
    lines, bars, expected = LABELS[case]
    assert read(lines, bars) == expected


def test_pieces_at_one_height_are_one_line() -> None:
    boxes = [
        Box("PAC20-272", 200, 12, 300, 40),
        Box("型号：", 20, 10, 120, 42),
        Box("品牌：", 20, 60, 120, 90),
    ]
    assert label_lines.rows(boxes) == ["型号： PAC20-272", "品牌："]
    slightly_turned = [Box("型号：", 20, 10, 120, 40), Box("QH-1000", 130, 18, 300, 48)]
    assert label_lines.rows(slightly_turned) == ["型号： QH-1000"]


def test_a_model_is_told_as_its_notice_prints_it(session: Session, now: datetime) -> None:
    recalls.ship(session, now)
    index = recalls.indexed(session)[0]
    found = labels.read(["型号：PAC2O-272", "ROMOSS"], [], index)
    assert found.model == "PAC20-272" and (found.brand or "").lower() == "romoss"


def test_several_photos_of_one_thing_add_up() -> None:
    assert labels.merged([Label(brand="青禾"), Label(brand="北木", model="QH-1")]) == Label(
        brand="青禾", model="QH-1"
    )


# ── asked, and only then looked up ──


def reading(*lines: str, bars: tuple[str, ...] = ()) -> tuple[list[Box], list[str]]:
    return [Box(one, 0, 40 * n, 200, 40 * n + 30) for n, one in enumerate(lines)], list(bars)


def test_what_was_read_is_told_and_asked(session: Session, citizen: Person, now: datetime) -> None:
    said = label_notice.say(
        session, citizen, [reading("品牌：罗马仕", "型号：PAC20-272", bars=(EAN,))], "1", now
    )
    assert said.text == f"图上读到：品牌 罗马仕，型号 PAC20-272，条码 {EAN}。对吗？"
    yes, no = notices.buttons_of(said)
    assert len(str(yes["id"]).encode()) <= 64  # Telegram's limit: the payload stays here
    kept = session.get_one(OfferedButton, yes["id"])
    name, _, carried = kept.payload.partition("{")
    assert name == "/query_recall"
    assert json.loads("{" + carried) == {"brand": "罗马仕", "model": ["PAC20-272", EAN]}
    assert session.get_one(OfferedButton, no["id"]).payload == labels.NOT_IT


@pytest.mark.parametrize(
    ("readings", "key"),
    [(None, "failed"), ([], "nothing"), ([reading("谢谢惠顾")], "nothing"), ([reading("品牌：青禾")], "nothing")],
)  # fmt: skip
def test_a_reading_that_failed_or_found_nothing_is_told(
    session: Session, citizen: Person, now: datetime, readings: Any, key: str
) -> None:
    said = label_notice.say(session, citizen, readings, "1", now)
    assert said.text == load("labels")[key] and notices.buttons_of(said) == []


def test_one_message_is_answered_once(session: Session, citizen: Person, now: datetime) -> None:
    for _ in range(2):
        label_notice.say(session, citizen, None, "1", now)
    assert len(session.scalars(select(Notice)).all()) == 1


@pytest.mark.parametrize("hour", [1, 14, 20, 23])  # UTC: by day, and in the quiet hours
def test_where_the_reader_died_that_is_told_later(
    session: Session, citizen: Person, now: datetime, hour: int
) -> None:
    asked_at = now.replace(hour=hour)
    label_notice.begin(session, citizen, "1", asked_at)
    session.flush()
    assert not notices.waiting_for(session, citizen, asked_at)
    assert not notices.claim(session, [citizen.channel], asked_at)
    told_by = quiet.quiet_until(asked_at) + label_notice.PATIENCE
    (told,) = notices.claim(session, [citizen.channel], told_by)
    assert told.text == load("labels")["failed"]
    late = label_notice.say(session, citizen, [reading("型号：PAC20-272")], "1", told_by)
    assert late.text == told.text and late.state == "sending"


def test_what_was_read_takes_the_place_of_the_promise(
    session: Session, citizen: Person, now: datetime
) -> None:
    label_notice.begin(session, citizen, "1", now)
    label_notice.say(session, citizen, [reading("型号：PAC20-272")], "1", now)
    session.flush()
    (told,) = notices.waiting_for(session, citizen, now)
    assert "PAC20-272" in told.text and len(notices.buttons_of(told)) == 2


@pytest.mark.parametrize(
    ("text", "has_draft", "expected"),
    [("", False, True), ("", True, False), ("查召回", True, True), ("帮我查召回", False, True),
     ("充电宝坏了要投诉", False, False)],
)  # fmt: skip
def test_which_photos_are_looked_at(
    session: Session, citizen: Person, now: datetime, text: str, has_draft: bool, expected: bool
) -> None:
    if has_draft:
        disputes.start(session, citizen, now)
    assert label_notice.is_looked_at(session, citizen, text, now) is expected


def carried(payload: str) -> dict[str, Any]:
    return dict(json.loads(payload.removeprefix("/query_recall")))


@pytest.mark.parametrize("action", [ValidateRecallForm(), AnswerRecall()])
def test_the_yes_looks_up_what_the_button_carries(say: Say, action: Any) -> None:  # noqa: F811
    payload = labels.payload(Label(brand="罗马仕", model="PAC20-272"))
    assert "PAC20-272" in say(action, payload, brand="罗马仕", model="PAC20-272")["all"]


def test_the_no_asks_for_it_to_be_typed(say: Say) -> None:  # noqa: F811
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")["all"]
    assert "PAC20-272" in said
    with pytest.raises(IndexError):  # the question of domain.yml alone; nothing old is looked up
        say(ValidateRecallForm(), labels.NOT_IT, model="")


def test_what_stands_on_a_label_stays_data() -> None:
    label = labels.read(['品牌：罗马仕"}/deny{"x":"', "型号：QH-1000"], [], None)
    assert carried(labels.payload(label))["model"] == ["QH-1000"]
    assert not set('"{}') & set(label.brand or "")
