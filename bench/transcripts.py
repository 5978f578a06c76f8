"""`make transcripts`: two disputes from the first message to the rating (docs/talks.md), and ten answers
about rights (docs/answers.md).

The talk, the records and the steps are real; what stands in the document is what each side saw.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.stack import Stack, Talk, stack
from bot.casework import negotiations, progress, shops
from bot.casework.records import Dispute, Negotiation, Notice, Person, Shop
from bot.messages import Reply
from bot.settings import ROOT

PAGE = "https://tousu.example.cn"
DOCS = ROOT / "docs"
HEAD = """# 两件纠纷，从第一句话到评价

由 `make transcripts` 用真的模型、记录和步骤跑出来；人名、电话、店名都是编的。链接略去。
"""
ANSWERS_HEAD = """# 十个权益问题的回答

由 `make transcripts` 用真的模型和指引库跑出来，市民在网页和 Telegram 里看到的就是这些字和按钮。没有经过律师复核。
"""
QUESTIONS = (
    "网上买的鞋11月24号签收的，穿着不合适能退吗",
    "办的健身卡还剩四个月，门店关门了怎么要钱",
    "超市买到过期酸奶，花了12块，能赔多少",
    "11月20号投诉的，什么时候能答复我",
    "手机三包修了两次还是坏，能换吗",
    "七天无理由的运费谁出？还有，赠品弄丢了能退吗？",
    "我在石家庄买的衣服掉色，找你们管吗",
    "我是开小吃店的，被职业打假人投诉了怎么办",
    "2018年买的保健品觉得是骗人的，现在能退一赔三吗",
    "你能保证我一定能要回钱吗",
)
SMALL = "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
LARGE = "上个月20号在中北镇美家家具城花5800元买的沙发，才坐了两周就塌了，商家说是我们自己坐坏的，我要求退货退款"


class Scene:
    """One dispute as it goes, and the lines that tell of it."""

    def __init__(self, running: Stack, title: str) -> None:
        self.running, self.talk = running, Talk(running)
        self.lines = [f"\n## {title}\n"]
        self._seen: list[int] = []

    def citizen(self, text: str) -> None:
        """The citizen writes."""
        self._said("市民", text)
        self.talk.say(text)
        self._replied(self.talk.replies)

    def press(self, title: str) -> None:
        """The citizen presses a button of the last reply or of the newest notice."""
        self._said("市民", f"［{title}］")
        buttons = [one for reply in self.talk.replies for one in reply.buttons]
        self.talk.press_id(next(one.id for one in buttons if one.title == title), title)
        self._replied(self.talk.replies)

    def told(self) -> None:
        """What came to the citizen by itself since."""
        news = self.talk.news(*self._seen)
        self._seen += [number for number, _ in news]
        self.talk.replies = [reply for _, reply in news]
        for reply in self.talk.replies:
            self._said("通知市民", reply.text, [one.title for one in reply.buttons])

    def officer(self, name: str, **detail: Any) -> None:
        """An officer takes a step."""
        with self.running.sessions.begin() as session:
            dispute = session.get_one(Dispute, self._dispute())
            progress.take(session, dispute, name, "officer", datetime.now(UTC), **detail)
        told = "、".join(detail.values())
        self._said("工作人员", f"步骤 `{name}`" + (f"：{told}" if told else ""))
        self.told()

    def letter(self) -> None:
        """What the shop got by letter last."""
        with self.running.sessions() as session:
            query = select(Notice).join(Person).where(Person.channel == shops.CHANNEL)
            last = session.scalars(query.order_by(Notice.id.desc())).first()
            assert last is not None, "no letter"
            self._said("商家收到的信", re.sub(rf"{PAGE}/\S+", "（链接）", last.text))

    def page(self) -> None:
        """What the shop sees of the dispute on its page."""
        with self.running.sessions() as session:
            dispute = session.get_one(Dispute, self._dispute())
            seen = [f"{label}：{text}" for label, text in negotiations.seen_by_shop(dispute)]
        self._said("商家的页面", "\n".join(seen))

    def shop(self, answer: negotiations.Answer) -> None:
        """The shop answers on its page."""
        with self.running.sessions.begin() as session:
            query = select(Negotiation).where(Negotiation.dispute_id == self._dispute())
            found = session.scalars(query).one()
            negotiations.answer(session, found, answer, 16, datetime.now(UTC))
        sum_of = f"{answer.amount} 元，" if answer.amount is not None else ""
        self._said(f"商家（{answer.said_by}）", f"`{answer.kind}`：{sum_of}{answer.text}")
        self.told()

    def _dispute(self) -> int:
        with self.running.sessions() as session:
            query = select(Dispute.id).join(Person).where(Person.external_id == self.talk.citizen)
            return session.scalars(query).one()

    def _replied(self, replies: list[Reply]) -> None:
        for reply in replies:
            self._said("助手", reply.text, [one.title for one in reply.buttons])

    def _said(self, who: str, text: str, buttons: list[str] | None = None) -> None:
        below = " ".join(f"［{title}］" for title in buttons or ())
        shown = "  \n> ".join([*text.strip().splitlines(), *([below] if below else [])])
        self.lines.append(f"**{who}**\n\n> {shown}\n")


def small(running: Stack) -> list[str]:
    """The fast lane: offered, accepted, the money came, rated."""
    scene = Scene(running, "一、小额，走快速解决")
    for text in (SMALL, "自己用的，没处理过", "王女士 13800000000"):
        scene.citizen(text)
    scene.press("确认")
    scene.press("同意，发给商家")
    scene.letter()
    scene.page()
    scene.shop(
        negotiations.Answer("offer", "刘经理", "用过三天，退您三百五，锅拿回店里", Decimal(350))
    )
    scene.press("接受")
    scene.letter()
    scene.press("收到了，已解决")
    scene.press("满意")
    scene.citizen("我的投诉到哪了")
    return scene.lines


def mediated(running: Stack) -> list[str]:
    """An office's mediation: accepted, both consent, a meeting, settled, rated."""
    scene = Scene(running, "二、金额较大，市场监管部门调解")
    for text in (LARGE, "自己用的，没处理过", "李女士 13900000000，住中北镇万源路"):
        scene.citizen(text)
    scene.press("确认")
    scene.officer("begin")
    scene.officer("accept", register_number="1120111002026112600123")
    scene.citizen("我的投诉到哪了")
    scene.officer("mediate", citizen_agreed="电话同意", merchant_agreed="电话同意")
    scene.officer("meet", at="12月3日 9:30", place="中北镇市场监管所", mediator="张同志")
    scene.officer("conclude", record="agreement_made", amount="5800")
    scene.press("满意")
    return scene.lines


@contextmanager
def desk() -> Iterator[Stack]:
    """A bureau's stack that can write to a registered shop."""
    with stack(
        operator="bureau", public_url=PAGE, personal_data_in_chat=True,
        smtp_url="smtp://127.0.0.1:9", mail_from="desk@example.cn",
    ) as running:  # fmt: skip
        now = datetime.now(UTC)
        with running.sessions.begin() as session:
            session.add(
                Shop(name="永旺超市", aliases=["永旺"], street="中北镇", email="liu@example.cn",
                     verified_at=now, verified_by="张三", created_at=now, updated_at=now)
            )  # fmt: skip
        yield running


def answers(running: Stack) -> list[str]:
    """Ten questions, each asked by another citizen."""
    lines: list[str] = []
    for number, question in enumerate(QUESTIONS, 1):
        scene = Scene(running, str(number))
        scene.citizen(question)
        lines += scene.lines
    return lines


def main(folder: Path = DOCS) -> None:
    """Play both disputes, ask the questions, and write the documents anew."""
    with desk() as running:
        talks = [HEAD, *small(running), *mediated(running)]
        answered = [ANSWERS_HEAD, *answers(running)]
    (folder / "talks.md").write_text("\n".join(talks), encoding="utf-8")
    (folder / "answers.md").write_text("\n".join(answered), encoding="utf-8")


if __name__ == "__main__":
    main()
