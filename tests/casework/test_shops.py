"""The register of shops: which one is meant, and the table it is read from."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import shops
from bot.casework.records import Shop

HEAD = "名称,别名,地址,街镇,首问负责人,邮箱,邮箱已核实,赔偿先付,质量担保\n"
TABLE = HEAD + (
    "永旺梦乐城（中北店）,永旺、永旺超市,万卉路4号,中北镇,刘经理,liu@example.cn,是,是,否\n"
    "永旺超市,,,大寺镇,,,,,\n"
    "张记五金店,,,,张师傅,zhang@example.cn,否,,是\n"
    "好又多,,,中北镇,,a@example.cn,是,,\n"
    "好又多,,,精武镇,,b@example.cn,是,,\n"
)
MEANT = (  # what a citizen calls it, the street, whose address
    ("永旺", "中北镇", "liu@example.cn"),
    ("永旺 超市", "中北镇", "liu@example.cn"),
    ("永旺超市", "大寺镇", None),
    ("永旺超市", None, "?"),
    ("永旺超市", "杨柳青镇", "?"),
    ("永旺梦乐城(中北店)", None, "liu@example.cn"),
    ("西青区张记五金店", "中北镇", "zhang@example.cn"),
    ("天津市西青区张记五金店", None, "zhang@example.cn"),
    ("张记五金", None, "?"),
    ("好又多", None, "?"),
    ("好又多", "精武镇", "b@example.cn"),
    ("好又多", "大寺镇", "?"),
    ("家乐福", "中北镇", "?"),
    ("", "中北镇", "?"),
    ("。。。", "中北镇", "?"),
)


def read(session: Session, now: datetime, text: str = TABLE) -> list[Shop]:
    shops.read(session, text.encode(), now, "张三")
    return list(session.scalars(select(Shop)))


@pytest.mark.parametrize(("merchant", "street", "email"), MEANT)
def test_one_shop_is_meant_or_none(
    merchant: str, street: str | None, email: str | None, session: Session, now: datetime
) -> None:
    found = shops.meant(read(session, now), merchant, street)
    assert (found.email if found else "?") == email


def test_only_a_verified_address_can_be_written_to(session: Session, now: datetime) -> None:
    reachable = {one.email for one in read(session, now) if shops.is_reachable(one)}
    assert reachable == {"liu@example.cn", "a@example.cn", "b@example.cn"}


def test_a_table_read_again_replaces_and_withdraws_a_verification(
    session: Session, now: datetime
) -> None:
    read(session, now)
    again = HEAD + "永旺梦乐城（中北店）,永旺,,中北镇,王经理,wang@example.cn,,,\n"
    assert len(read(session, now, again)) == 5
    found = shops.meant(session.scalars(select(Shop)), "永旺", "中北镇")
    assert found is not None and found.responsible == "王经理"
    assert not shops.is_reachable(found) and not found.is_fund_member


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_from_any_office_program_is_read(
    encoding: str, session: Session, now: datetime
) -> None:
    assert shops.read(session, TABLE.encode(encoding), now, "张三") == 5


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (HEAD + "店一,,,,,,,,\n,,,中北镇,,,,,\n", 3, "名称"),
        (HEAD + "店一,,,,,不是邮箱,是,,\n", 2, "邮箱"),
        (HEAD + "店一,,,和平区,,,,,\n", 2, "街镇"),
        ("店名,邮箱\n店一,a@example.cn\n", 1, "名称"),
    ],
)
def test_a_bad_row_is_named_and_not_taken(
    text: str, line: int, column: str, session: Session, now: datetime
) -> None:
    with pytest.raises(shops.BadRow) as caught:
        shops.read(session, text.encode(), now, "张三")
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_file_that_is_no_text_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(shops.BadRow):
        shops.read(session, b"PK\x03\x04\xff\xfe\x80", now, "张三")
