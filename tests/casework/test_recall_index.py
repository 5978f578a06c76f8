"""The index over the library: quick ways give what the slow ones do, and what changes is seen at once."""

import gc
import random
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from bench import made_recalls
from bot.casework import recall_index, recall_intake, recall_matching, recall_question, recalls
from bot.casework.recall_matching import fold, key, vocabulary
from bot.casework.records import Recall
from bot.reading import folding, models
from bot.sources.notice import Notice

SIGNS = "0123456789oOIlABxz -./_·+'&#*()\t\n\x00é—型号充电宝陪赔"
DICE = random.Random(4)
TYPED = sorted({"".join(DICE.choices(SIGNS, k=DICE.randint(0, 9))) for _ in range(4000)})


def test_folding_in_the_quick_way_is_folding() -> None:
    quick = [text for text in TYPED if text.isascii() and text.isprintable()]
    assert len(quick) > 200
    assert {text: fold(text) for text in TYPED} == {t: folding.plain(t).casefold() for t in TYPED}


def test_a_key_in_the_quick_way_is_the_key() -> None:
    def slowly(text: str) -> str:
        return re.sub(r"[^\w+]|_|\+(?=.)|^\+", "", models.key(text)).replace("o", "0")

    assert {text: key(text) for text in TYPED} == {text: slowly(text) for text in TYPED}


@pytest.mark.parametrize(
    "text", ["移动电源", "我的电风扇坏了", "fan", "", "电源", "一个小电", "儿童自行"]
)
def test_product_words_are_found_longest_first_and_never_beyond_the_end(text: str) -> None:
    known = vocabulary().types
    found = vocabulary().spans(text)
    assert all(text[start:end] in known and end <= len(text) for start, end, _ in found)
    for start, end, _ in found:
        assert not any(text[start:longer] in known for longer in range(end + 1, len(text) + 1))


def test_made_up_notices_are_found_however_their_models_are_typed() -> None:
    dice = random.Random(2)
    rows = made_recalls.notices(300, dice)
    index = recall_index.Index.of(Recall(**row) for row in rows)
    for asked in made_recalls.questions(rows, 3 * len(made_recalls.KINDS), dice):
        answer = recalls.answer(index, recall_question.read(index, asked.text))
        if asked.expect:
            assert answer.matches[0].notice.notice_no == asked.expect, asked
        else:
            assert answer.kind != "covered", asked


def test_building_an_index_leaves_the_collector_as_it_was() -> None:
    for was_on in (True, False):
        (gc.enable if was_on else gc.disable)()
        try:
            with pytest.raises(AttributeError):
                recall_index.Index.of([None])
            assert gc.isenabled() == was_on
        finally:
            gc.enable()


def notice(number: int, model: str) -> Notice:
    return Notice(
        source="samr", source_key=f"n{number}", jurisdiction="CN", title=f"召回公告{number}",
        brand="青禾", product_name="落地扇", models=(model,), raw={},
    )  # fmt: skip


def test_what_another_process_takes_or_corrects_is_seen_at_the_next_question(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    def take(*taken: Notice) -> None:
        with sessions() as session:
            recall_intake.take(session, "samr", taken, now)
            session.commit()

    def finds(text: str) -> bool:
        with sessions() as session:
            return recalls.find(session, text).kind == "covered"

    take(notice(1, "QH-77A"))
    assert finds("青禾落地扇 QH-77A") and not finds("青禾落地扇 QH-88B")
    take(notice(2, "QH-88B"))
    assert finds("青禾落地扇 QH-77A") and finds("青禾落地扇 QH-88B")
    take(notice(2, "QH-99C"))
    assert not finds("青禾落地扇 QH-88B") and finds("青禾落地扇 QH-99C")


def test_after_a_change_only_what_changed_is_read_from_the_database(
    session: Session, now: datetime
) -> None:
    many = [notice(number, f"QH-{number}77A") for number in range(1, 1200)]
    recall_intake.take(session, "samr", many, now)
    assert len(recalls.indexed(session)[0].by_number) == len(many)
    read: list[str] = []
    recall_intake.take(session, "samr", [notice(7, "QH-700X")], now + timedelta(days=1))
    bind = session.get_bind()
    event.listen(
        bind, "before_cursor_execute", lambda *said: read.extend(map(str, said[3]))
    )  # the parameters
    index, _ = recalls.indexed(session)
    assert [one for one in read if one.startswith("CN-")] == ["CN-SAMR-n7"]
    assert len(index.by_number) == len(many)
    assert recall_matching.key("QH-700X") in index.by_key
