"""A half-filled dispute survives the death of any process, and nobody is left unanswered."""

from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework.records import Dispute, Person

OPENING = "我要投诉中北镇的物美超市，前天买的电风扇第二天就不转了，花了159元"


def test_a_draft_survives_the_action_servers_death(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    running.kill("actions")
    try:
        assert "12315" in talk.say("我要求退款", message_id="during")
    finally:
        running.start("actions")
        running.wait()
    said = talk.say("我要求退款", message_id="during")
    assert "手机号" in said


def test_a_draft_survives_rasas_death_and_an_empty_tracker(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    running.kill("rasa")
    try:
        assert "12315" in talk.say("我要求退款", message_id="during")
    finally:
        running.start("rasa")
        running.wait()
    assert "手机号" in talk.say("我要求退款", message_id="during")
    with running.sessions() as session:
        drafts = session.scalars(
            select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        ).all()
    assert [(one.merchant, one.demand) for one in drafts] == [("物美超市", "refund")]
