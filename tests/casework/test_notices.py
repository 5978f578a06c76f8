"""The notice ledger: once, in order, nothing lost."""

from datetime import timedelta

import pytest

from bot.casework import notices


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
