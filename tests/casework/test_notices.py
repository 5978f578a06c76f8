"""The notice ledger: once, in order, nothing lost."""

from datetime import timedelta

import pytest

from bot.casework import notices, people


def test_a_notice_is_posted_once(session, citizen, now):
    first = notices.post(session, citizen, "progress", "1", "甲", now)
    assert notices.post(session, citizen, "progress", "1", "乙", now) is first


def test_a_later_notice_waits_for_the_one_before(session, citizen, now):
    for subject in ("1", "2"):
        notices.post(session, citizen, "progress", subject, subject, now)
    [one] = notices.claim(session, ["web"], now)
    notices.record(session, one.id, notices.Failed("500"), now)
    assert one.text == "1" and notices.claim(session, ["web"], now) == []
    [again] = notices.claim(session, ["web"], now + timedelta(seconds=6))
    assert again.id == one.id
    notices.record(session, one.id, notices.Sent(), now)
    assert [row.text for row in notices.claim(session, ["web"], now)] == ["2"]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (notices.Sent(), "sent"),
        (notices.Unreachable("blocked"), "unreachable"),
        (notices.Refused("empty"), "stuck"),
        (notices.Failed("500"), "due"),
        (notices.Later(7), "due"),
    ],
)
def test_an_outcome_is_written_down(session, citizen, now, outcome, state):
    kept = notices.post(session, citizen, "progress", "1", "甲", now)
    [one] = notices.claim(session, ["web"], now)
    notices.record(session, one.id, outcome, now)
    session.flush()
    session.refresh(kept)
    assert kept.state == state


def test_what_a_dead_process_was_sending_is_due_again_and_marked(session, citizen, now):
    kept = notices.post(session, citizen, "progress", "1", "甲", now)
    notices.claim(session, ["web"], now)
    assert notices.release(session) == 1
    session.refresh(kept)
    assert kept.state == "due" and kept.may_be_double


def test_a_chat_that_moved_keeps_its_notices_and_is_known_by_both_ids(session, citizen, now):
    notices.post(session, citizen, "progress", "1", "甲", now)
    [one] = notices.claim(session, ["web"], now)
    notices.record(session, one.id, notices.Moved("c-2"), now)
    [again] = notices.claim(session, ["web"], now)
    assert (again.id, again.external_id) == (one.id, "c-2")
    assert people.person(session, "web", "c-1", now) is people.person(session, "web", "c-2", now)


def test_a_chat_that_moved_to_one_we_know_is_joined_with_it(session, citizen, now):
    other = people.person(session, "web", "c-2", now)
    notices.post(session, other, "progress", "1", "甲", now)
    for subject in ("1", "2"):
        notices.post(session, citizen, "progress", subject, subject, now)
    claimed = notices.claim(session, ["web"], now)
    mine = next(one for one in claimed if one.external_id == "c-1")
    notices.record(session, mine.id, notices.Moved("c-2"), now)
    session.expire_all()
    assert notices.counts(session, "progress") == {"sending": 1, "due": 1, "stuck": 1}
    assert [one.text for one in notices.waiting_for(session, other, now)] == ["甲", "2"]
    assert people.person(session, "web", "c-1", now) is other


def test_a_notice_that_fails_all_day_is_stuck_and_the_next_one_goes(session, citizen, now):
    for subject in ("1", "2"):
        notices.post(session, citizen, "progress", subject, subject, now)
    for _ in range(notices.MOST_ATTEMPTS):
        now += notices.LONGEST_WAIT
        [one] = notices.claim(session, ["web"], now)
        notices.record(session, one.id, notices.Failed("500"), now)
    assert notices.counts(session, "progress") == {"stuck": 1, "due": 1}
    assert [row.text for row in notices.claim(session, ["web"], now)] == ["2"]


def test_a_429_does_not_count_as_an_attempt_and_is_waited_out(session, citizen, now):
    kept = notices.post(session, citizen, "progress", "1", "甲", now)
    [one] = notices.claim(session, ["web"], now)
    notices.record(session, one.id, notices.Later(7), now)
    session.flush()
    assert notices.claim(session, ["web"], now + timedelta(seconds=6.9)) == []
    assert len(notices.claim(session, ["web"], now + timedelta(seconds=7))) == 1
    session.refresh(kept)
    assert kept.attempts == 1


def test_a_claim_that_was_left_is_taken_again_after_its_lease(session, citizen, now):
    kept = notices.post(session, citizen, "progress", "1", "甲", now)
    notices.claim(session, ["web"], now)
    assert notices.claim(session, ["web"], now + notices.LEASE) == []
    assert len(notices.claim(session, ["web"], now + notices.LEASE + timedelta(seconds=1))) == 1
    session.refresh(kept)
    assert kept.may_be_double


def test_nobody_settles_anothers_notice(session, citizen, now):
    other = people.person(session, "web", "c-2", now)
    kept = notices.post(session, citizen, "progress", "1", "甲", now)
    notices.acknowledge(session, other, [kept.id], now)
    assert [one.id for one in notices.waiting_for(session, citizen, now)] == [kept.id]
    notices.acknowledge(session, citizen, [kept.id], now)
    assert list(notices.waiting_for(session, citizen, now)) == []


def test_for_whom_cannot_be_reached_a_notice_is_not_due(session, citizen, now):
    notices.post(session, citizen, "progress", "1", "甲", now)
    notices.lose(session, citizen, "blocked")
    notices.post(session, citizen, "progress", "2", "乙", now)
    assert notices.counts(session, "progress") == {"unreachable": 2}
