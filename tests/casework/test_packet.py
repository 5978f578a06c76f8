"""The paper for 12315, read back with python-docx: what it holds, what it leaves open, what it keeps out."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from sqlalchemy.orm import Session

from bot.casework import disputes, evidence, packet, paper, people, progress, steps
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.library import load
from bot.reading.facts import Facts

STORY = Facts(
    merchant="永旺超市", product="电饭煲", brand="苏泊尔", model="CFXB40", facts="用了三天就不通电",
    demand="refund,compensation", location="中北镇永旺", street="中北镇", amount=Decimal("399.00"),
    occurred_on=date(2026, 10, 31),
)  # fmt: skip
PDF = b"%PDF-1.7\n%%EOF"
Read = Callable[[Dispute], Any]


class Paper:
    """A .docx as people read it: `rows` of the tables by their first cell, and all `text`."""

    def __init__(self, content: bytes) -> None:
        self.document = docx.Document(io.BytesIO(content))
        self.lines = [line.text for line in self.document.paragraphs]
        cells = [[cell.text for cell in row.cells] for t in self.document.tables for row in t.rows]
        self.rows = {row[0]: row[1:] for row in cells}
        self.text = "\n".join([*self.lines, *("\t".join(row) for row in cells)])
        self.footer = self.document.sections[0].footer.paragraphs[0].text


@pytest.fixture
def read(session: Session, now: datetime) -> Callable[[Dispute], Paper]:
    return lambda dispute: Paper(packet.packet(session, dispute, now))


def lodged(
    session: Session, who: Person, now: datetime, told: Facts = STORY, operator: Any = "independent"
) -> Dispute:
    draft = disputes.start(session, who, now)
    disputes.take(draft, told)
    disputes.lodge(session, draft, operator=operator, limit=Decimal(2000), now=now)
    session.flush()
    return draft


def test_everything_that_the_form_asks_is_there(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    people.give_contact(citizen, people.Contact("13800000000", "王芳", "西青区万卉路5号"), now)
    dispute = lodged(session, citizen, now)
    found = read(dispute)
    wanted = {
        "记录号": disputes.number_text(dispute.number or ""), "记录时间": "2026-11-02 09:00",
        "目前状态": "已记录，小额快速解决", "姓名": "王芳", "电话": "13800000000",
        "通讯地址": "西青区万卉路5号", "证件类型与号码": "本服务不收集，提交时由您本人填写",
        "是否同意公示投诉信息": "□ 同意　□ 不同意", "是否同意委托调解": "□ 同意　□ 不同意",
        "名称（姓名）": "永旺超市", "地址": "中北镇永旺", "联系人、电话": "待补充",
        "名称": "电饭煲", "品牌": "苏泊尔", "型号": "CFXB40", "金额": "399 元",
        "购买或接受服务的时间": "2026-10-31",
    }  # fmt: skip
    assert {key: found.rows.get(key) for key in wanted} == {k: [v] for k, v in wanted.items()}
    assert "用了三天就不通电" in found.lines and "退款、赔偿" in found.lines
    for words in ("真实性负责（总局令第121号 第10条）", "（签名）", "全国12315平台", "拨打 12315",
                  "天津市西青区市场监督管理局", "中北镇消费维权服务站", "第16条第（二）项"):  # fmt: skip
        assert words in found.text
    assert "电商平台" not in found.rows and "商品或店铺链接" not in found.rows


def test_what_is_missing_is_to_be_filled_in(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    found = read(lodged(session, citizen, now, Facts()))
    for field in ("姓名", "电话", "通讯地址", "名称（姓名）", "地址", "名称", "品牌", "型号", "金额",
                  "购买或接受服务的时间"):  # fmt: skip
        assert found.rows[field] == ["待补充"], field
    assert found.lines.count("待补充") == 2  # the facts and the demand
    assert "目前没有收到凭证" in found.text and "维权服务站" not in found.text
    assert "None" not in found.text and not re.search(r"[{}]", found.text)


def test_what_was_told_in_words_stands_as_told(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    told = Facts(platform="拼多多", amount_text="三百多", occurred_text="国庆前后",
                 facts="链接 https://example.com/a?id=1&b=2，没发货")  # fmt: skip
    rows = read(lodged(session, citizen, now, told)).rows
    assert (rows["金额"], rows["购买或接受服务的时间"]) == (["三百多"], ["国庆前后"])
    assert rows["电商平台"] == ["拼多多"]
    assert rows["商品或店铺链接"] == ["https://example.com/a?id=1&b=2"]


def test_it_says_whether_it_has_been_submitted(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    own = lodged(session, citizen, now)
    found = read(own)
    assert found.lines[1].startswith("本材料尚未提交") and found.footer.endswith("本材料尚未提交")
    progress.take(session, own, "pass_on", "officer", now, to="交通运输部门")
    found = read(own)
    assert "尚未提交" not in found.text + found.footer and "转到：交通运输部门" in found.text
    bureau = read(lodged(session, citizen, now, operator="bureau"))
    assert "尚未提交" not in bureau.text and "（2026-11-02），不用重复提交" in bureau.text


@pytest.mark.parametrize(
    ("standing", "words"),
    [(None, "□ 没有　□ 有"), ("own", "没有"), ("handled", "有，机构名称"), ("?", "□ 没有")],
)
def test_whether_it_was_handled_elsewhere(
    session: Session, citizen: Person, now: datetime, read: Read, standing: str | None, words: str
) -> None:
    dispute = lodged(session, citizen, now)
    dispute.standing = standing
    lines = read(dispute).lines
    title = load("packet")["elsewhere"]["title"]
    assert lines[lines.index(title) + 1].startswith(words)


def test_the_evidence_is_listed(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    for n, caption in enumerate(("小票 <b>{{ 1 }}", None)):
        file = evidence.File("document", PDF + bytes(n))
        evidence.keep(session, citizen, file, source=f"web:{n}", message_id=str(n),
                      caption=caption, now=now)  # fmt: skip
    dispute = lodged(session, citizen, now)
    first, second = evidence.of_dispute(session, dispute)
    rows = read(dispute).rows
    assert rows["1"] == ["文件", "2026-11-02 09:00", "1 KB", first.sha256[:16], "小票 <b>{{ 1 }}"]
    assert rows["2"][3:] == [second.sha256[:16], ""]


def test_what_happened_is_told_in_plain_words_without_officers_notes(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    dispute = lodged(session, citizen, now, operator="bureau")
    disputes.note(session, dispute, "something_new", now)
    progress.take(session, dispute, "ask_for_more", "officer", now, missing="小票", note="难缠")
    progress.take(session, dispute, "refuse", "officer", now, ground="over_three_years")
    found = read(dispute)
    timeline = [[cell.text for cell in row.cells][1:] for row in found.document.tables[-1].rows[1:]]
    assert timeline == [
        ["本人", "开始说明情况"], ["本人", "核对并确认，生成记录"], ["本人", "有新的进展"],
        ["工作人员", "需要补充：小票"],
        ["工作人员", "不予受理，理由：自知道或应当知道权益受到侵害起已超过三年"],
    ]  # fmt: skip
    assert "难缠" not in found.text and found.rows["目前状态"] == ["不予受理"]


def test_every_step_has_its_words() -> None:
    assert {one.name for one in steps.STEPS} <= set(load("packet")["timeline"]["events"])


def test_a_step_whose_detail_was_not_kept_still_reads(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    dispute = lodged(session, citizen, now)
    session.add(DisputeEvent(dispute_id=dispute.id, kind="accept", actor="?", happened_at=now))
    session.flush()
    assert "受理，12315 登记编号 待补充" in read(dispute).text


@pytest.mark.parametrize(
    "words",
    [
        "{{ 7*7 }}", "{name} {0.__class__} %s ${x}", "<b>粗</b> & <w:t>", "'; DROP TABLE disputes;--",
        "😀👨‍👩‍👧 𠮷野家", "]]><!--", "=cmd|'/c calc'!A1", "\u202e倒过来", "行一\n行二",
    ],
)  # fmt: skip
def test_hostile_words_stand_as_they_are(
    session: Session, citizen: Person, now: datetime, read: Read, words: str
) -> None:
    told = Facts(merchant=words, product=words, facts=words, location=words, amount_text=words)
    people.give_contact(citizen, people.Contact("13800000000", words, words), now)
    found = read(lodged(session, citizen, now, told))
    for field in ("名称（姓名）", "名称", "地址", "金额", "姓名", "通讯地址"):
        assert found.rows[field] == [words], field
    assert all(line in found.lines for line in words.split("\n"))


def test_characters_that_xml_forbids_are_dropped(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    bad = "".join(map(chr, range(32))) + "\x7f\ufffe\uffff"
    found = read(lodged(session, citizen, now, Facts(merchant=f"a{bad}b", facts=f"c{bad}d")))
    assert found.rows["名称（姓名）"] == ["a\t\n\n\x7fb"]
    assert "c\t" in found.lines and "\x7fd" in found.lines
    assert paper.clean("a\ud800b\r\nc\rd") == "ab\nc\nd"


def test_the_longest_story_is_kept_whole(
    session: Session, citizen: Person, now: datetime, read: Read
) -> None:
    story = "这是一个很长的经过。" * 400
    assert len(story) == disputes.LONGEST_FACTS
    assert story in read(lodged(session, citizen, now, Facts(facts=story))).lines


def test_a_draft_has_no_paper(session: Session, citizen: Person, now: datetime) -> None:
    with pytest.raises(ValueError, match="only a lodged"):
        packet.packet(session, disputes.start(session, citizen, now), now)


def test_chinese_has_its_fonts_and_no_theme_stands_before_them(
    session: Session, citizen: Person, now: datetime
) -> None:
    content = packet.packet(session, lodged(session, citizen, now), now)
    document = docx.Document(io.BytesIO(content))
    for name, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Title", "黑体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert "Theme" not in str(defaults.find(f".//{qn('w:rFonts')}").attrib)
    properties = document.core_properties
    assert (properties.title, properties.author, properties.comments) == ("消费投诉材料", "", "")


def test_nothing_is_fetched_or_run_by_the_file(
    session: Session, citizen: Person, now: datetime
) -> None:
    content = packet.packet(session, lodged(session, citizen, now), now)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            assert b'TargetMode="External"' not in parts.read(name) and "vba" not in name
            assert b"w:fldSimple" not in parts.read(name) and b"w:instrText" not in parts.read(name)


def test_the_file_is_named_by_its_number(session: Session, citizen: Person, now: datetime) -> None:
    dispute = lodged(session, citizen, now)
    number = disputes.number_text(dispute.number or "")
    assert packet.file_name(dispute) == f"投诉材料-{number}.docx"
