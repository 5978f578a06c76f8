"""Recalls that this library does not hold: always the right door, never that nothing was found."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from bot import database
from bot.casework import recalls, sealing
from bot.casework.records import Record
from bot.library import load

ASKED = ("{}有没有召回", "{}召回了吗", "查一下我家的{}是不是召回产品", "我买的{}在不在召回名单里")

OUTSIDE = {
    "food": [
        "奶粉", "婴幼儿配方乳粉", "辅食", "牛奶", "酸奶", "面包", "月饼", "坚果", "食用油", "大米", "蜂蜜", "茶叶",
        "冰淇淋", "香肠", "鸡肉", "三文鱼", "咖啡", "罐头", "方便面", "辣条", "薯片", "果冻", "保健品", "鱼油", "矿泉水",
        "燕窝", "红酒", "粽子", "榴莲",
    ],
    "drugs": [
        "降压药", "感冒药", "退烧药", "布洛芬", "阿莫西林", "胰岛素", "疫苗", "口服液", "眼药水", "止咳糖浆", "缬沙坦",
        "中药", "避孕药", "头孢", "药膏", "板蓝根", "维生素B片", "阿司匹林", "滴眼液", "感冒冲剂",
    ],
    "cosmetics": [
        "面膜", "口红", "粉底液", "防晒霜", "洗面奶", "洗发水", "染发膏", "爽身粉", "婴儿霜", "护手霜", "香水", "眼霜",
        "牙膏", "卸妆水", "指甲油", "沐浴露", "精华", "睫毛膏", "烫发剂",
    ],
    "medical_devices": [
        "血压计", "轮椅", "电动轮椅", "血糖仪", "体温计", "额温枪", "助听器", "隐形眼镜", "美瞳", "制氧机", "呼吸机",
        "心脏起搏器", "医用口罩", "雾化器", "注射器", "避孕套", "退热贴", "创可贴", "心脏支架", "血氧仪", "抗原试剂",
    ],
    "cars": [
        "汽车", "小轿车", "特斯拉", "比亚迪", "宝马", "奔驰", "丰田卡罗拉", "大众朗逸", "本田思域", "新能源车",
        "电动汽车", "摩托车", "安全气囊", "SUV", "面包车", "理想L9", "小米SU7", "问界M7", "汽车轮胎", "哈弗H6", "特斯拉Model 3",
    ],
}  # fmt: skip

OURS = [
    "电动车", "电瓶车", "电动自行车", "儿童电动汽车", "儿童安全座椅", "汽车安全座椅", "玩具车", "婴儿车", "平衡车", "滑板车",
    "车载充电器", "奶瓶", "儿童牙刷", "水杯", "药箱", "药盒", "面包机", "咖啡机", "酸奶机", "儿童口罩", "化妆镜", "电动牙刷",
    "电动车充电器", "玩具汽车", "遥控汽车", "儿童三轮车", "车载冰箱", "豆浆机", "按摩椅", "美容仪", "蛋糕模具", "糖果色书包",
    "手机支架", "茶壶", "酒杯",
]  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Iterator[Session]:
    """A session on the shipped notices, for the whole table."""
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine("sqlite://")
    Record.metadata.create_all(engine)
    with Session(engine) as opened:
        recalls.ship(opened, datetime(2026, 11, 2, 1, 0, tzinfo=UTC))
        yield opened
    engine.dispose()


@pytest.mark.parametrize(
    ("subject", "product"),
    [(s, product) for s, products in OUTSIDE.items() for product in products],
)
def test_what_the_library_does_not_hold_gets_its_own_door(
    library: Session, subject: str, product: str
) -> None:
    for asked in ASKED:
        answer = recalls.find(library, asked.format(product))
        assert answer.kind == "not_in_library", asked
        assert answer.door is not None and answer.door.code == subject, asked
        assert answer.matches == ()


@pytest.mark.parametrize("product", OURS)
def test_a_consumer_product_is_not_sent_away(library: Session, product: str) -> None:
    for asked in ASKED:
        assert recalls.find(library, asked.format(product)).kind != "not_in_library", asked


@pytest.mark.parametrize("subject", load("categories")["outside"])
def test_a_door_says_what_to_do_now_and_never_that_nothing_was_found(subject: str) -> None:
    reply = recalls.door(subject).reply
    assert any(now in reply for now in ("先停用", "先不要", "先不"))
    assert "12315" in reply or "网站" in reply
    assert "没有查到" not in reply and "未查到" not in reply
