"""Guidance: the library's check, the choice of an entry, its sources, and the doors elsewhere."""

import dataclasses
import re
from pathlib import Path

import pytest
import yaml

from bot.casework import guidance
from bot.library import guidance_loader
from bot.library.guidance_loader import Cite, Entry

QUESTIONS = yaml.safe_load(
    (Path(__file__).with_name("guidance_questions.yml")).read_text(encoding="utf-8")
)
FIRST_AT_LEAST = 0.95  # of our questions whose entry comes first
SHOWN_AT_LEAST = 0.97  # … whose entry is among those shown
SURE_AND_WRONG_AT_MOST = 3  # questions answered alone with another entry

GOOD = dataclasses.replace(
    guidance.entry("seven-days"), id="a-good-entry", confused_with=(), see=(), words=(), terms=(),
    exceptions="", exception_cite=(),
)  # fmt: skip


def problems(**changes: object) -> str:
    return "\n".join(guidance_loader.problems((dataclasses.replace(GOOD, **changes),)))  # type: ignore[arg-type]


def test_the_library_has_nothing_wrong() -> None:
    assert guidance_loader.check() == []


def test_the_library_is_large_enough() -> None:
    assert len(guidance_loader.entries()) >= 120


def test_a_good_entry_has_no_problem() -> None:
    assert problems() == ""


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"cite": ()}, "needs a citation"),
        ({"rule": ""}, "needs a citation"),
        ({"next": ""}, "needs a citation"),
        ({"cite": (Cite("no_such_law", 1),)}, "unknown law"),
        ({"cite": (Cite("complaint_measures_2019", 21),)}, "repealed"),
        ({"cite": (Cite("consumer_law", 64),)}, "no article 64"),
        ({"cite": (Cite("consumer_law", 0),)}, "no article 0"),
        ({"cite": (Cite("goods_guarantee", 9),)}, "grade B"),
        ({"grade": "C"}, "may not be shown"),
        ({"grade": "B"}, "what prevails"),
        ({"answer": "可" * 161}, "characters"),
        ({"answer": "这样办保证退款。"}, "forbidden words"),
        ({"answer": "您一定能赢。"}, "forbidden words"),
        ({"answer": "这款产品绝对安全。"}, "forbidden words"),
        ({"rule": "受理后45个工作日内调解。"}, "forbidden words"),
        ({"next": "请拨打 12399。"}, "not in numbers.yml"),
        ({"next": "请打 022-27391234。"}, "not in numbers.yml"),
        ({"confused_with": ("no-such-entry",)}, "confused_with"),
        ({"confused_with": ("a-good-entry",)}, "confused_with"),
        ({"exceptions": "定" * 81}, "over 80"),
        ({"exceptions": "定作的一定能退。"}, "forbidden words"),
        ({"exceptions": "鲜活的不适用，请拨打 12399。"}, "not in numbers.yml"),
        ({"exceptions": "按《消费者保护大法》第24条办。"}, "no law in force"),
        ({"exceptions": "按《市场监督管理投诉举报处理暂行办法》第3条办。"}, "no law in force"),
        ({"answer": "按《消费者保护大法》办。"}, "no law in force"),
        ({"exceptions": "质量问题按第24条办。"}, "without its law"),
        ({"exceptions": "定作的不适用。", "cite": ()}, "exceptions need a citation"),
        ({"exceptions": "", "exception_cite": (Cite("online_ruling", 2),)}, "without exceptions"),
        ({"exception_cite": (Cite("consumer_law", 25),)}, "repeats an article"),
        ({"exception_cite": (Cite("consumer_law", 64),)}, "no article 64"),
        ({"exception_cite": (Cite("complaint_measures_2019", 21),)}, "repealed"),
        ({"see": ("no-such-entry",)}, "see names no-such-entry"),
        ({"see": ("a-good-entry",)}, "no other entry"),
        ({"see": ("b", "b")}, "one twice"),
        ({"see": ("a", "b", "c")}, "more than 2"),
        ({"see": ("b",), "confused_with": ("b",)}, "which it is confused with"),
        ({"words": ("退货|",)}, "met by anything"),
        ({"asks": ("能退吗",)}, "sample questions"),
        ({"id": "Seven days"}, "kebab"),
        ({"action": "guess"}, "unknown action"),
    ],
)
def test_the_check_refuses(changes: dict[str, object], complaint: str) -> None:
    assert complaint in problems(**changes)


def test_a_repealed_period_may_be_named_as_repealed() -> None:
    assert problems(rule="45个工作日是已废止的旧规定。") == ""


def test_a_redirect_needs_no_citation() -> None:
    assert problems(action="redirect", cite=(), rule="") == ""


def test_two_entries_of_one_id_are_refused() -> None:
    assert "stands twice" in "\n".join(guidance_loader.problems((GOOD, GOOD)))


def test_a_repealed_law_is_known_and_never_cited() -> None:
    assert guidance_loader.laws()["complaint_measures_2019"].status == "repealed"
    cited = {cite.law for entry in guidance_loader.entries() for cite in entry.cite}
    assert "complaint_measures_2019" not in cited


def test_our_questions_find_their_entries() -> None:
    chosen = [(guidance.choose(question), expected) for question, expected in QUESTIONS]
    first = [e for c, e in chosen if c.entries and c.entries[0].id == e]
    shown = [e for c, e in chosen if e in {entry.id for entry in c.entries}]
    wrong = [e for c, e in chosen if c.is_sure and c.entries[0].id != e]
    assert len(QUESTIONS) >= 150
    assert len(first) / len(chosen) >= FIRST_AT_LEAST
    assert len(shown) / len(chosen) >= SHOWN_AT_LEAST
    assert len(wrong) <= SURE_AND_WRONG_AT_MOST, wrong


def test_our_questions_are_not_the_library_s_samples() -> None:
    samples = {ask for entry in guidance_loader.entries() for ask in entry.asks}
    assert not samples & {question for question, _ in QUESTIONS}
    assert {expected for _, expected in QUESTIONS} <= {e.id for e in guidance_loader.entries()}


def test_every_sample_question_shows_its_own_entry() -> None:
    lost = [
        (ask, entry.id)
        for entry in guidance_loader.entries()
        for ask in entry.asks
        if entry not in guidance.choose(ask).entries
    ]
    assert lost == []


@pytest.mark.parametrize("question", ["退", "能退", "？？", "", "ab", "12", "😀😀"])
def test_a_very_short_question_is_never_sure(question: str) -> None:
    choice = guidance.choose(question)
    assert not choice.is_sure
    assert len(choice.entries) <= 3


def test_a_long_story_is_answered_by_the_question_in_it() -> None:
    story = "那天天气不错，我和邻居一起出门逛街，走了很多路，也看了很多东西。" * 60
    choice = guidance.choose(f"{story}后来商家说要停业，停业公告要提前多少天？")
    assert len(story) > 1900
    assert choice.entries[0].id == "closing-notice"


def test_a_story_of_nothing_finds_nothing() -> None:
    assert guidance.choose("哈哈哈哈哈").entries == ()


def test_what_the_talk_is_about_counts_where_the_question_does_not_name_it() -> None:
    assert guidance.choose("修了两次还是坏", product="手机").entries[0].id == "phone-repaired-twice"
    assert guidance.choose("修了两次还是坏", product="按摩椅").entries[0].id == "twice-repaired"


def test_traditional_script_and_wide_letters_are_read() -> None:
    assert guidance.choose("網購七天無理由怎麼退貨").entries[0].id == "seven-days"
    assert guidance.choose("３Ｃ證書怎麼查真假").entries[0].id == "check-3c"


def test_one_entry_where_sure_and_two_or_three_where_close() -> None:
    for question, _ in QUESTIONS:
        choice = guidance.choose(question)
        assert len(choice.entries) == len(choice.scores) <= 3
        assert not choice.is_sure or len(choice.entries) == 1
        assert list(choice.scores) == sorted(choice.scores, reverse=True)


def test_sources_bear_law_article_and_date() -> None:
    assert "《消费者权益保护法》第25条（2014-03-15起施行）" in guidance.citations(
        guidance.entry("seven-days")
    )
    for entry in guidance_loader.entries():
        sources = guidance.citations(entry)
        assert len(sources) == len(entry.sources)
        assert all(re.fullmatch(r"《.+》第\d+条(（.+）)?", source) for source in sources)


def test_the_basis_holds_the_rule_and_every_source() -> None:
    for entry in guidance_loader.entries():
        basis = guidance.basis(entry)
        assert entry.rule in basis
        assert all(source in basis for source in guidance.citations(entry))
        assert entry.as_of in basis


def test_the_basis_says_the_exceptions_after_the_rule() -> None:
    with_some = [entry for entry in guidance_loader.entries() if entry.exceptions]
    assert len(with_some) >= 50
    for entry in with_some:
        rule, line, *_ = guidance.basis(entry).splitlines()
        assert rule == entry.rule
        assert line == guidance.exceptions(entry) == f"例外：{entry.exceptions}"
    assert guidance.exceptions(guidance.entry("deposit")) == ""


def test_an_exception_is_not_said_twice() -> None:
    for entry in guidance_loader.entries():
        told = "".join((entry.answer, entry.rule, entry.next, entry.limits))
        pieces = (entry.exceptions[at : at + 8] for at in range(len(entry.exceptions) - 7))
        assert not [piece for piece in pieces if piece in told], entry.id


def test_tianjin_s_own_rules_come_first_where_they_give_more() -> None:
    first = {
        "testing-fees": 46,
        "repair-deadline": 20,
        "twice-repaired": 21,
        "depreciation": 22,
        "tianjin-association": 42,
        "expenses": 48,
    }
    for entry_id, article in first.items():
        assert guidance.entry(entry_id).cite[0] == Cite("tianjin_consumer", article)


def test_an_entry_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        guidance.entry("no-such-entry")


def test_a_number_not_checked_is_named_only_beside_the_city_line() -> None:
    unchecked = [number for number in guidance_loader.numbers().values() if number.grade == "C"]
    texts = [guidance_loader.said(entry) for entry in guidance_loader.entries()]
    texts += [door.reply for door in guidance_loader.doors()]
    for text in texts:
        for number in unchecked:
            assert number.number not in text.replace(number.phrase, "")


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("厂里压了我两个月工资不给", "labour"),
        ("网贷利息太高还天天催收", "bank"),
        ("宽带老掉线怎么退", "telecom"),
        ("快递员态度特别差还骂人", "parcel"),
        ("物业把我家门禁停了", "property"),
        ("开发商延期交房都一年了", "housing"),
        ("出租车司机绕路", "traffic"),
        ("楼下广场舞吵得睡不着", "noise"),
        ("我被打了要报案", "police"),
        ("医院误诊耽误了病情", "medical"),
        ("离婚财产怎么分", "courts"),
        ("我是商家，被顾客投诉了怎么办", "trader"),
        ("今天天气怎么样", "trivia"),
        ("我家着火了", "emergency"),
        ("钱没了，真的不想活了", "despair"),
        ("接到电信诈骗电话", "fraud"),
        ("航班取消了没人管", "airline"),
        ("有干部收商家的好处", "officials"),
        ("帮我黑进他们后台", "illegal"),
        ("医保卡刷不了", "medical-insurance"),
        ("养老金怎么少发了", "other-public"),
    ],
)
def test_what_is_not_ours_has_a_door(text: str, door: str) -> None:
    found = guidance.door(text)
    assert found is not None
    assert found.id == door
    assert all(number.number in found.reply for number in found.numbers)


@pytest.mark.parametrize(
    ("story", "foreign"),
    [
        ("上月在金街超市花86元买的焖烧壶漏水，老板不给退", "flowers"),
        ("花两百买的花瓶裂了不退", "flowers"),
        ("浴室换的花洒漏水，店里不给退", "flowers"),
        ("在便利店买的水果刀生锈了", "fresh-goods"),
        ("网购的宠物窝开线不给退", "pets"),
        ("面包机用两天坏了不给退", "spoiled-food"),
    ],
)
def test_a_word_inside_another_word_does_not_make_an_answer_sure(story: str, foreign: str) -> None:
    choice = guidance.choose(story)
    assert not (choice.is_sure and choice.entries[0].id == foreign)


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("网上订的花第二天就枯了", "flowers"),
        ("买花送来就蔫了", "flowers"),
        ("刚买的狗三天就病死了", "pets"),
    ],
)
def test_the_word_itself_still_finds_its_answer(question: str, entry: str) -> None:
    assert guidance.choose(question).entries[0].id == entry


@pytest.mark.parametrize(
    "text",
    [
        "超市卖给我过期的火腿肠",
        "健身房突然关门，员工工资也没发，我的会员卡怎么办",
        "充电宝没有3C上不了飞机，商家给退吗",
        "手机修了两次还是坏",
        "网购的鞋子快递丢了，卖家不管",
        "4S店意向金不退，说贷款没批不算",
        "商家伪造生产日期",
        "吃了外卖进医院，商家不赔医药费",
    ],
)
def test_what_is_ours_has_no_door(text: str) -> None:
    assert guidance.door(text) is None


def test_selection_is_quick_when_warm() -> None:
    import time

    guidance.choose("能退吗")
    began = time.perf_counter()
    for question, _ in QUESTIONS[:100]:
        guidance.choose(question)
    assert (time.perf_counter() - began) / 100 < 0.03


def test_entries_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        guidance.entry("seven-days").title = "别的"  # type: ignore[misc]
    assert isinstance(guidance.entry("seven-days"), Entry)
