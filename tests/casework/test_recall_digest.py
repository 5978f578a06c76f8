"""Notices that name no serious danger: told together once a week, each once, whatever is killed."""

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from actions.recall_notices import AnswerNotice
from bot.casework import (
    notices,
    people,
    quiet,
    recall_answers,
    recall_digest,
    recall_notice,
    recall_push,
    recall_reach,
    things,
)
from bot.casework.recall_push_records import DIGEST, KIND, RecallPush
from bot.casework.records import HeardMessage, Notice, OfferedButton, Person, Recall
from bot.library import load
from tests.casework.test_recall_push import plan
from tests.casework.test_recall_reach import keep, recalled
from tests.casework.test_things_in_talk import Say, say  # noqa: F401
from tests.records import corrected

THING = "我家有青禾落地扇QH-1000"
THURSDAY = datetime.fromisoformat("2026-11-05 10:00+08:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("tianjin", "due"),
    [("2026-11-02 09:00", "2026-11-05"), ("2026-11-05 09:59", "2026-11-05"), ("2026-11-05 10:00", "2026-11-12"),
     ("2026-11-05 23:59", "2026-11-12"), ("2026-11-06 00:10", "2026-11-12"), ("2026-11-08 12:00", "2026-11-12")],
)  # fmt: skip
def test_the_week_ends_on_thursday_at_ten(tianjin: str, due: str) -> None:
    assert quiet.next_digest(at(tianjin)) == at(f"{due} 10:00")


@pytest.mark.parametrize(
    ("hazard", "injuries", "is_serious"),
    [
        ("电机过热，可能起火", None, True), ("漏电", None, True), ("小零件脱落", None, True), ("绳带过长", None, True),
        ("可能缠绕颈部，缠绕颈", None, True), ("蒸汽烫伤", None, True), ("一氧化碳中毒", None, True), ("窒息", None, True),
        ("标识缺失", None, False), ("夹伤风险", None, False), ("桌腿开裂", None, False), (None, None, False),
        ("标识缺失", "暂未收到人员伤亡报告", False), ("标识缺失", "无死亡、烧伤报告", False),
        ("标识缺失", "国外已有1起烧伤，国内未收到报告", True),
    ],
)  # fmt: skip
def test_what_is_a_serious_danger(
    hazard: str | None, injuries: str | None, is_serious: bool
) -> None:
    notice = Recall(notice_no="T", title="某公司召回", hazard=hazard, injury_reports=injuries)
    assert recall_notice.is_serious(notice) is is_serious


# ── gathered and told together ──


def pushed(session: Session, now: datetime, number: str, **fields: object) -> RecallPush:
    """A notice that is no serious danger, approved and planned."""
    if session.get(Recall, "OLD") is None:
        recalled(session, now - timedelta(days=9), "OLD", brand="别家", brand_aliases=[], models=[])
    recalled(session, now, number, **{"hazard": "标识缺失", "title": f"{number} 召回青禾牌落地扇", **fields})  # fmt: skip
    return passed(session, now)


def passed(session: Session, now: datetime) -> RecallPush:
    push = recall_push.propose(session, now, 50)
    assert push is not None
    if push.state == "proposed":
        recall_push.approve(push, "张三", now)
    plan(session, now)
    return push


def bundle(session: Session, now: datetime, channels: tuple[str, ...] = ()) -> int:
    made = 0
    while digests := recall_digest.next_batch(session, channels, now):
        made += recall_digest.tell(session, digests, now)
    return made


def told(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == DIGEST).order_by(Notice.id)))


def states(session: Session) -> list[str]:
    return list(
        session.scalars(select(Notice.state).where(Notice.kind == KIND).order_by(Notice.id))
    )


def test_two_notices_of_a_week_are_one_message(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushes = [pushed(session, now + timedelta(hours=one), f"T-{one}") for one in (1, 2)]
    assert states(session) == ["gathered", "gathered"]
    assert notices.claim(session, ["web"], THURSDAY) == []
    assert notices.waiting_for(session, citizen, THURSDAY) == []
    assert bundle(session, THURSDAY - timedelta(minutes=1)) == 0
    assert bundle(session, THURSDAY) == 1 and bundle(session, THURSDAY) == 0
    (one,) = notices.waiting_for(session, citizen, THURSDAY)
    parts = [
        "（2 条）",
        "1. T-1",
        "标识缺失",
        f"登记过「{THING.removeprefix('我家有')}」",
        "2. T-2",
        "停止使用",
    ]
    places = [one.text.index(part) for part in parts]
    assert places == sorted(places) and "另有" not in one.text
    payloads = [session.get_one(OfferedButton, b["id"]).payload for b in notices.buttons_of(one)]
    assert payloads == [
        *(recall_notice.payload(push.id, "show") for push in pushes),
        "/manage_things",
    ]
    assert states(session) == ["bundled", "bundled"]
    assert recall_answers.rate(session, "T-1").reached == 0
    notices.acknowledge(session, citizen, [one.id], THURSDAY)
    assert recall_answers.rate(session, "T-1").reached == 1


def test_a_serious_one_goes_at_once_beside_it(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    pushed(session, now, "T-2", hazard="可能起火")
    assert states(session) == ["gathered", "due"]


@pytest.mark.parametrize(
    ("tianjin", "is_awake", "due"),
    [("2026-11-02 20:59", False, "2026-11-02 20:59"), ("2026-11-02 21:00", False, "2026-11-03 08:00"),
     ("2026-11-03 03:00", False, "2026-11-03 08:00"), ("2026-11-03 03:00", True, "2026-11-03 03:00")],
)  # fmt: skip
def test_a_serious_one_leaves_the_night_quiet(
    session: Session, citizen: Person, now: datetime, tianjin: str, is_awake: bool, due: str
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    moment = at(tianjin)
    if is_awake:
        session.add(
            HeardMessage(person_id=citizen.id, message_id="m", text="在吗", heard_at=moment)
        )
    pushed(session, moment, "T-1", hazard="可能起火")
    (row,) = session.scalars(select(Notice).where(Notice.kind == KIND))
    assert row.due_at == at(due)


def test_what_does_not_fit_comes_the_week_after(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    for number in range(12):
        pushed(session, now + timedelta(minutes=number), f"T-{number:02}")
    assert bundle(session, THURSDAY) == 1
    assert bundle(session, THURSDAY + timedelta(days=6)) == 0
    assert bundle(session, THURSDAY + timedelta(days=7)) == 1
    first, second = told(session)
    assert "另有 2 条" in first.text and "T-09" in first.text and "T-10" not in first.text
    assert "（2 条）" in second.text and "T-11" in second.text and "另有" not in second.text
    assert len(first.text) < 4096


def test_after_a_week_without_the_clock_nothing_is_lost(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    monday = THURSDAY + timedelta(days=4)
    assert bundle(session, monday) == 1
    pushed(session, monday, "T-2")
    assert bundle(session, THURSDAY + timedelta(days=7)) == 1
    assert ["T-1" in one.text for one in told(session)] == [True, False]


def test_what_is_not_theirs_any_more_is_not_told(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    things.delete_all(session, citizen)
    assert bundle(session, THURSDAY) == 0 and states(session) == ["dropped"]
    assert recall_answers.rate(session, "T-1").reached == 0


def test_a_correction_of_the_same_week_takes_its_place(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    session.get_one(Recall, "T-1").remedy = "免费更换"
    passed(session, now)
    assert bundle(session, THURSDAY) == 1
    (one,) = told(session)
    assert "（1 条）" in one.text and "【更正】T-1" in one.text
    assert states(session) == ["dropped", "bundled"]


def test_a_correction_that_leaves_their_thing_out_is_told_to_who_was_told(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    bundle(session, THURSDAY)
    notice = session.get_one(Recall, "T-1")
    notice.models = ["QH-2000"]
    corrected(session, notice, THURSDAY)
    passed(session, THURSDAY)
    assert bundle(session, THURSDAY + timedelta(days=7)) == 1
    assert "公告有更正" in told(session)[-1].text


def test_who_is_not_reachable_is_not_waited_for(
    session: Session, citizen: Person, now: datetime
) -> None:
    keep(session, citizen, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    notices.lose(session, citizen, "blocked")
    assert bundle(session, THURSDAY) == 1
    assert [one.state for one in told(session)] == ["unreachable"]


def test_a_chat_that_moves_takes_what_is_gathered_along(session: Session, now: datetime) -> None:
    old, new = (people.person(session, "telegram", number, now) for number in ("1", "2"))
    for who in (old, new):
        keep(session, who, now, THING, brand="青禾")
    pushed(session, now, "T-1")
    session.delete(session.scalars(select(Notice).where(Notice.person_id == new.id)).one())
    reply = notices.post(session, old, "reply", "1", "好", now)
    notices.claim(session, ["telegram"], now)
    notices.record(session, reply.id, notices.Moved("2"), now)
    assert bundle(session, THURSDAY) == 1
    assert [one.person_id for one in told(session)] == [new.id]


def test_a_number_shows_the_notice_with_its_answers(say: Say, session: Session, citizen: Person, now: datetime) -> None:  # noqa: F811  # fmt: skip
    keep(session, citizen, now, THING, brand="青禾")
    push = pushed(session, now + timedelta(hours=1), "T-1", remedy="免费更换")
    bundle(session, THURSDAY)
    payload = recall_notice.payload(push.id, "show")
    marked = json.loads(payload.removeprefix("/answer_notice"))
    said = say(AnswerNotice(), payload, **marked)
    assert "免费更换" in said["text"] and said["press"]["我有"] == recall_notice.payload(push.id, "have")  # fmt: skip
    other = people.person(session, "web", "c-2", now)
    assert load("recall_notice")["unknown"] in say(AnswerNotice(), payload, other, **marked)["text"]


# ── once to each, whatever happens ──


def town(session: Session, now: datetime, size: int) -> dict[str, set[str]]:
    """People on Telegram, each with one or two things; the notices that each must hear of."""
    expected: dict[str, set[str]] = {}
    for number in range(size):
        who = people.person(session, "telegram", str(number), now)
        keep(session, who, now, THING, brand="青禾")
        expected[who.external_id] = {"T-1"}
        if number % 2:
            keep(session, who, now, "我家有白露电饭煲BL-5", brand="白露")
            expected[who.external_id].add("T-2")
    pushed(session, now, "T-1")
    pushed(session, now, "T-2", brand="白露", brand_aliases=[], models=["BL-5"], product_type="电饭煲",
           product_name="电饭煲", title="T-2 召回白露牌电饭煲")  # fmt: skip
    return expected


def step(sessions: sessionmaker[Session], killed: Callable[[], bool]) -> bool:
    """One tick of the clock; a kill comes between reading and writing, or before the commit."""
    with sessions() as session:
        digests = recall_digest.next_batch(session, ("telegram",), THURSDAY)
    if not digests:
        return False
    if killed():
        return True
    with sessions() as session:
        recall_digest.tell(session, digests, THURSDAY)
        if not killed():
            session.commit()
    return True


def deliver(
    sessions: sessionmaker[Session], killed: Callable[[], bool], came: Counter[tuple[str, str]]
) -> None:
    """Send what is due; a kill comes before the sending, or after it and before the record of it."""
    with sessions.begin() as session:
        notices.release(session)
        claimed = notices.claim(session, ["telegram"], THURSDAY)
    for one in claimed:
        if killed():
            return
        came.update((one.external_id, number) for number in ("T-1", "T-2") if number in one.text)
        if killed():
            return
        with sessions.begin() as session:
            notices.record(session, one.id, notices.Sent(), THURSDAY)


@pytest.mark.parametrize("seed", range(4))
def test_kills_between_planning_and_sending_lose_and_double_nothing(
    sessions: sessionmaker[Session], now: datetime, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(recall_reach, "BATCH", dice.randint(2, 6))
    with sessions.begin() as session:
        expected = town(session, now, 9)
    came: Counter[tuple[str, str]] = Counter()
    dies = [True]  # in the second half of the test nothing is killed any more

    def killed() -> bool:
        return dies[0] and dice.random() < 0.35

    for dies[0] in (True, False):
        for _ in range(15):
            step(sessions, killed)
            deliver(sessions, killed, came)
    with sessions() as session:
        rows = told(session)
        assert len(rows) == len(expected) and {one.state for one in rows} == {"sent"}
        assert set(states(session)) == {"bundled"}
        doubled = {one.person.external_id for one in rows if one.may_be_double}
    assert set(came) == {(who, number) for who, own in expected.items() for number in own}
    assert {who for (who, _), times in came.items() if times > 1} <= doubled


def test_two_who_plan_the_same_digest_tell_it_once(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    with sessions.begin() as session:
        expected = town(session, now, 4)
    with sessions() as one, sessions() as two:
        plans = [recall_digest.next_batch(each, (), THURSDAY) for each in (one, two)]
    with sessions.begin() as session:
        assert recall_digest.tell(session, plans[0], THURSDAY) == len(expected)
    with sessions.begin() as session:
        pushed(session, THURSDAY, "T-3")  # comes in between, and waits for its own week
        assert recall_digest.tell(session, plans[1], THURSDAY) == 0
    with sessions() as session:
        assert len(told(session)) == len(expected)
        assert Counter(states(session)) == {"bundled": 6, "gathered": 4}
