"""The numbers of a period, reckoned by hand beside them: what was filed, how it ended, what notices brought."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import (
    disputes,
    overview,
    overview_more,
    people,
    periods,
    progress,
    questions,
    recall_answers,
    steps,
)
from bot.casework.callback_records import CallbackRequest
from bot.casework.china_days import ChinaDay, day
from bot.casework.guidance_records import GuidanceAnswer
from bot.casework.periods import BadPeriod, Period
from bot.casework.recall_push_records import KIND, RecallAnswer, RecallCall, RecallPush
from bot.casework.records import Dispute, Notice
from tests import records
from tests.casework.test_recall_reach import recalled
from tests.postgres import address_of

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)  # Thursday, 10:00 in Tianjin
TODAY = date(2026, 11, 26)
NOVEMBER = Period(date(2026, 11, 1), TODAY)
numbers = count()

Step = tuple[str, int, dict[str, str]]  # its name, the day of November, its details
AGREED = {"citizen_agreed": "电话", "merchant_agreed": "电话"}
MEDIATED: list[Step] = [("accept", 3, {"register_number": "1"}), ("mediate", 4, AGREED)]
WAYS: dict[str, tuple[list[Step], bool]] = {  # the steps to each end, and whether it is a settlement
    "settle": ([("settle", 5, {})], True),
    "conclude": ([*MEDIATED, ("conclude", 5, {"record": "agreement_made"})], True),
    "pay_first": ([("pay_first", 5, {"amount": "60"})], True),
    "end": ([*MEDIATED, ("end", 5, {"ground": "no_agreement"})], False),
    "refuse": ([("refuse", 5, {"ground": "not_ours"})], False),
    "pass_on": ([("pass_on", 5, {"to": "城管委"})], False),
    "withdraw": ([("withdraw", 5, {})], False),
    "close": ([("close", 5, {})], False),
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """A session on an empty database of either kind."""
    with address_of(request.param, tmp_path) as address:
        for sessions in records.at(address):
            with sessions() as session:
                yield session


def november(number: int) -> datetime:
    """Ten in the morning in Tianjin on that day; 0 is the last of October."""
    return datetime(2026, 10, 31, 2, tzinfo=UTC) + timedelta(days=number)


def file(session: Session, at: datetime, taken: Sequence[Step] = (), **told: str | None) -> Dispute:
    """A dispute that was filed then, with its steps."""
    who = people.person(session, "web", f"c-{next(numbers)}", at)
    made = disputes.start(session, who, at)
    for name, value in told.items():
        setattr(made, name, value)
    disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=at)
    for name, on, detail in taken:
        progress.take(session, made, name, "officer", november(on), **detail)
    session.flush()
    return made


def town(session: Session) -> None:
    """Eight disputes of three streets."""
    near, far = {"street": "中北镇"}, {"street": "大寺镇"}
    file(
        session,
        november(2),
        [("settle", 5, {"amount": "100"})],
        **near,
        product="电饭煲",
        merchant="永旺超市",
    )
    file(session, november(3), [("begin", 4, {}), ("close", 10, {})], **near, product="电饭锅",
         merchant="西青区永旺超市")  # fmt: skip
    file(
        session,
        november(-11),
        [("settle", 9, {})],
        **far,
        product="手机充电器",
        merchant="永旺超市",
    )
    file(
        session,
        november(4),
        [("pass_on", 5, {"to": "城管委"})],
        **far,
        product="健身卡",
        platform="某网店",
    )
    file(session, november(6))
    undone: list[Step] = [("settle", 3, {"amount": "50"}), ("reopen", 4, {})]
    file(session, november(2), undone, **near, product="充电宝", merchant="好邻居")
    again: list[Step] = [*undone, ("settle", 12, {"amount": "80.5"}), ("close", 13, {})]
    file(session, november(2), again, **near, product="手机充电器", merchant="好邻居")
    file(session, november(2), [("pay_first", 8, {"amount": "60"})], street="精武镇", product="风扇",
         merchant="永旺超市")  # fmt: skip


def told(groups: Sequence[overview.Group]) -> list[tuple[object, ...]]:
    return [(g.name, g.filed, g.ended, g.settled, g.days, g.recovered) for g in groups]


def test_a_period_by_street_goods_and_shop(anywhere: Session) -> None:
    town(anywhere)
    found = overview.overview(anywhere, NOVEMBER, NOW)
    # name, filed, ended, settled, median of 3 7 20 1 10 6 days and so on, yuan
    assert told([found.total]) == [(None, 7, 6, 4, 6.5, Decimal("240.50"))]
    assert (found.total.rate, found.total.with_sum) == (4 / 6, 3)
    assert told(found.streets) == [
        ("中北镇", 4, 3, 2, 7, Decimal("180.50")),
        ("大寺镇", 1, 2, 1, 10.5, 0),
        ("精武镇", 1, 1, 1, 6, 60),
        (None, 1, 0, 0, None, 0),
    ]
    assert told(found.goods) == [
        ("电饭煲", 2, 2, 1, 5, 100),
        ("充电器", 1, 2, 2, 15, Decimal("80.50")),
        ("电风扇", 1, 1, 1, 6, 60),
        ("移动电源", 1, 0, 0, None, 0),
        (None, 2, 1, 0, 1, 0),
    ]
    assert told(found.shops) == [
        ("永旺超市", 3, 4, 3, 6.5, 160),
        ("好邻居", 2, 1, 1, 10, Decimal("80.50")),
        ("某网店", 1, 1, 0, 1, 0),
        (None, 1, 0, 0, None, 0),
    ]
    assert found.running == 2
    assert found.late == 2  # seven working days after 2 and 6 November are over


def test_the_last_weeks_whatever_the_period(anywhere: Session) -> None:
    town(anywhere)
    weeks = overview.overview(anywhere, Period(TODAY, TODAY), NOW).weeks
    assert [one.first for one in weeks] == [
        date(2026, 9, 7) + timedelta(weeks=n) for n in range(12)
    ]
    found = [(one.first.isoformat(), one.filed, one.ended, one.settled) for one in weeks]
    assert [one for one in found if any(one[1:])] == [
        ("2026-10-19", 1, 0, 0), ("2026-11-02", 7, 3, 2), ("2026-11-09", 0, 3, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "filed"),
    [
        (datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), 1),  # midnight in Tianjin
        (datetime(2026, 11, 10, 15, 59, 59, 999999, tzinfo=UTC), 1),
        (datetime(2026, 11, 10, 16, 0, tzinfo=UTC), 0),
    ],
)
def test_a_period_is_of_days_in_china(session: Session, at: datetime, filed: int) -> None:
    made = file(session, at)
    found = overview.overview(session, Period(date(2026, 11, 1), date(2026, 11, 10)), NOW)
    assert found.total.filed == filed
    number = session.scalar(select(ChinaDay(Dispute.lodged_at)).where(Dispute.id == made.id))
    assert number is not None and day(number) == disputes.local_day(at)


AFTERWARDS: list[
    tuple[list[Step], int, int]
] = [  # steps after the end, how many ends, days it took
    ([], 1, 3),
    ([("close", 7, {})], 1, 3),  # filed away: no second end
    ([("reopen", 7, {})], 0, 0),
    ([("close", 6, {}), ("reopen", 7, {})], 0, 0),
    ([("reopen", 6, {}), ("withdraw", 7, {})], 1, 5),
    ([("reopen", 6, {}), ("close", 7, {})], 1, 5),
]


def follows(before: str, after: Sequence[Step]) -> bool:
    """Whether these steps can be taken one after the other."""
    names = [before, *(name for name, _, _ in after)]
    pairs = pairwise([steps.step(one) for one in names])
    return all(one.after in following.before for one, following in pairs)


@pytest.mark.parametrize(
    ("way", "more", "ends", "days"),
    [(way, *after) for way in WAYS for after in AFTERWARDS if follows(way, after[0])],
)
def test_every_end_counts_once_and_none_that_was_undone(
    session: Session, way: str, more: list[Step], ends: int, days: int
) -> None:
    path, is_settled = WAYS[way]
    file(session, november(2), [*path, *more])
    total = overview.overview(session, NOVEMBER, NOW).total
    is_settled = is_settled and "reopen" not in {name for name, _, _ in more}
    assert (total.ended, total.settled, total.took) == (ends, int(is_settled), [days] * ends)


def test_an_empty_database_has_nothing_to_tell(session: Session) -> None:
    found = overview.overview(session, NOVEMBER, NOW)
    assert (found.total.rate, found.total.days, found.streets, found.late) == (None, None, [], 0)
    assert len(found.weeks) == 12 and not any(one.filed or one.ended for one in found.weeks)
    assert overview_more.recalls(session, NOVEMBER) == []
    assert overview_more.talk(session, NOVEMBER) == overview_more.Talk(0, 0, {}, 0)


def test_a_draft_is_not_filed(session: Session) -> None:
    disputes.start(session, people.person(session, "web", "c", NOW), NOW)
    assert overview.overview(session, NOVEMBER, NOW).total.filed == 0


@pytest.mark.parametrize(
    ("product", "kind"),
    [("电饭锅", "电饭煲"), ("充电宝", "移动电源"), ("手机充电头", "充电器"), ("锂电池组", "电池"), ("童鞋", "鞋"), ("健身卡", None),
     ("手机壳", None), ("", None), (None, None)],
)  # fmt: skip
def test_goods_are_grouped_by_their_widest_kind(product: str | None, kind: str | None) -> None:
    assert overview.kind_of_goods(product) == kind


def test_spellings_of_a_shop_are_one_and_other_shops_are_not() -> None:
    told = dict.fromkeys(["天津市西青区永旺超市", "永旺 超市", "永旺", "!!", None], 1)
    name = overview.one_name({**told, "永旺超市": 2})
    assert {name(one) for one in ("永旺超市", "天津市西青区永旺超市", "永旺 超市")} == {"永旺超市"}
    assert (name("永旺"), name("!!"), name(None), name("")) == ("永旺", "!!", None, None)


@pytest.mark.parametrize(
    ("kind", "first", "last", "period"),
    [
        ("30", "", "", (date(2026, 10, 28), TODAY)),
        ("90", "x", "y", (date(2026, 8, 29), TODAY)),
        ("365", "", "", (date(2025, 11, 27), TODAY)),
        ("", "", "", (date(2026, 10, 28), TODAY)),
        ("own", "2026-11-01", "2026-11-01", (date(2026, 11, 1), date(2026, 11, 1))),
        ("own", "2025-11-26", "2026-11-26", (date(2025, 11, 26), TODAY)),
        ("own", "", "2026-11-01", "from: no_day"),
        ("own", "2026-11-01", "2026-02-30", "to: no_day"),
        ("own", "0001-01-01", "2026-11-01", "from: early"),
        ("own", "2026-11-01", "9999-12-31", "to: future"),
        ("own", "2026-11-02", "2026-11-01", "from: order"),
        ("own", "2025-11-25", "2026-11-26", "from: long"),
    ],
)
def test_what_period_is_meant(kind: str, first: str, last: str, period: object) -> None:
    try:
        found = periods.read(kind, first, last, TODAY)
    except BadPeriod as bad:
        assert str(bad) == period
    else:
        assert (found.first, found.last) == period


def test_what_became_of_notices_over_all_their_versions(anywhere: Session) -> None:
    session, who = anywhere, []
    for number in ("T-1", "T-2", "T-3"):
        recalled(session, NOW, number)
    for name in "abcd":
        who.append(people.person(session, "web", name, NOW).id)
    pushes = {}
    for notice, version, on in [
        ("T-1", "1", 2),
        ("T-1", "2", 9),
        ("T-2", "1", 10),
        ("T-3", "1", -9),
    ]:
        push = RecallPush(
            notice_no=notice, version=version, state="planned", is_serious=False, starts_at=november(on),
            proposed_at=NOW,
        )  # fmt: skip
        session.add(push)
        session.flush()
        pushes[notice, version] = push.id
    sent = [("T-1", "1", 0), ("T-1", "1", 1), ("T-1", "2", 0), ("T-2", "1", 0)]
    for notice, version, place in sent:
        subject = str(pushes[notice, version])
        session.add(
            Notice(
                person_id=who[place], kind=KIND, subject=subject, text="x", state="sent", due_at=NOW
            )
        )
    waits = str(pushes["T-1", "2"])
    session.add(
        Notice(person_id=who[2], kind=KIND, subject=waits, text="x", state="due", due_at=NOW)
    )
    session.add(
        RecallCall(person_id=who[3], push_id=pushes["T-1", "1"], called_by="a", called_at=NOW)
    )
    for version, place, said in [("1", 0, "have"), ("2", 0, "done"), ("1", 1, "have_not")]:
        push_id = pushes["T-1", version]
        session.add(
            RecallAnswer(person_id=who[place], push_id=push_id, answer=said, answered_at=NOW)
        )
    session.flush()
    found = [(recall.notice_no, rate) for recall, rate in overview_more.recalls(session, NOVEMBER)]
    assert found == [
        ("T-2", recall_answers.Rate(1, 0, 0, 0, 0, 0)),
        ("T-1", recall_answers.Rate(3, 2, 0, 1, 1, 1)),
    ]


def test_what_is_kept_of_the_talk(session: Session) -> None:
    outside = november(-3)
    for said, at in [("helped", 1), ("helped", 26), ("not_helped", 3), ("helped", 0)]:
        session.add(GuidanceAnswer(entry_id="e", said=said, day=disputes.local_day(november(at))))
    for text, reason, at in [("甲", "none", november(2)), ("甲", "none", november(3)),
                             ("乙", "none", november(4)), ("丙", "unsure", november(4)),
                             ("丁", "unhelpful", outside)]:  # fmt: skip
        questions.note(session, text, "ask_rights", reason, at)  # type: ignore[arg-type]
    who = people.person(session, "web", "c", NOW)
    for at in (november(5), outside):
        session.add(CallbackRequest(person_id=who.id, asked_at=at))
    session.flush()
    found = overview_more.talk(session, NOVEMBER)
    assert found == overview_more.Talk(2, 1, {"none": 2, "unsure": 1}, 1)
