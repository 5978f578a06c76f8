"""One district for the tests of every page: recalls, a dispute with its shop, and the links to it all."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from PIL import Image
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import disputes, evidence, links, negotiations, people, progress, recalls
from bot.casework.records import Person, Shop
from bot.settings import Settings

NOTICE = "CN-GD-20250616-ROMOSS"  # of the shipped ones: with models, batches and a danger
FOREIGN = "US-CPSC-20250612-A1263"
STORY = "买了三天就不通电，店里说过了七天不给退，让我找厂家。"


def furnish(sessions: sessionmaker[Session], settings: Settings) -> dict[str, str]:
    """Fill the records; the path of each page by its name."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        recalls.ship(session, now)
        _disputes_of_a_year(session, now)
        who = people.person(session, "web", "777", now)
        people.give_contact(who, people.Contact("13800000001", "王女士", "中北镇万卉路5号"), now)
        number = _dispute(session, who, now)
        shop_path = links.shop_url("", settings.signing_key(), number)
        key, record = who.key, str(disputes.lodged(session, who)[0].number)
    sign = settings.signing_key()
    return {
        "chat": "/",
        "recalls": "/recalls",
        "search": "/recalls?q=罗马仕充电宝 PAC20-272",
        "notice": f"/recalls/{NOTICE}",
        "foreign": f"/recalls/{FOREIGN}",
        "no_notice": "/recalls/NO-SUCH",
        "case": links.case_url("", sign, key, record),
        "totals": "/totals",
        "privacy": "/privacy",
        "contact": links.contact_url("", sign, key),
        "report": links.report_path(sign, key, ""),
        "shop": shop_path,
        "expired": "/mine/not-a-token",
    }


def _dispute(session: Session, who: Person, now: datetime) -> int:
    """A dispute with a photo that its shop was asked to answer, and has answered; its negotiation."""
    session.add(
        Shop(
            name="永旺", aliases=[], email="liu@example.cn", verified_at=now, verified_by="张三",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    one = disputes.start(session, who, now)
    one.merchant, one.product, one.facts, one.demand = "永旺", "电饭煲", STORY, "refund"
    one.amount, one.street, one.location, one.contact = Decimal(399), "中北镇", "中北镇", "given"
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    ready = evidence.prepared(evidence.File("photo", picture.getvalue()))
    evidence.keep(session, who, ready, source="s:1", message_id="m", caption=None, now=now)
    evidence.attach(session, who, one, now)
    disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=now)
    talk = negotiations.ask(session, one, 16, now, lambda number: f"/shop/{number}")
    offer = negotiations.Answer("offer", "刘经理", "可以换一台新的，或者退一半。", Decimal(200))
    negotiations.answer(session, talk, offer, 16, now)
    return talk.id


def _disputes_of_a_year(session: Session, now: datetime) -> None:
    """Some disputes of the months before, for the totals."""
    for month, count in enumerate((9, 12, 7, 15, 3, 11)):
        at = now - timedelta(days=30 * month)
        for place in range(count):
            who = people.person(session, "web", f"y-{month}-{place}", at)
            one = disputes.start(session, who, at)
            one.merchant, one.amount = "某店", Decimal(100 if place % 2 else 9000)
            disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=at)
            if place % 4:
                progress.take(session, one, "settle", "officer", at + timedelta(hours=place))
