"""Folding: one form for every way of typing, with the way back to the original."""

import pytest

from bot.reading import folding

FOLDED = (
    ("羅馬仕充電寶", "罗马仕充电宝"),
    ("１２３４５", "12345"),
    ("ＫＦＲ－３５ＧＷ", "KFR-35GW"),
    ("1232—14", "1232-14"),
    ("1232–14", "1232-14"),
    ("1232−14", "1232-14"),
    ("1232‑14", "1232-14"),
    ("你好\n我要投诉", "你好 我要投诉"),
    ("退\t款", "退 款"),
    ("退  \u3000 款", "退 款"),
    ("退\u200b款", "退款"),
    ("\u202e退款\u202c", "退款"),
    ("退\ufeff款\u0007", "退款"),
    ("￥１，２９９", "¥1,299"),
    ("退款！！！", "退款!!!"),
    ("㎡", "m2"),
    ("①号", "1号"),
    ("我买的鞋", "我买的鞋"),
    ("發票丟了", "发票丢了"),
    ("三百～四百", "三百~四百"),
    ("一元代金卷扣了我25", "一元代金券扣了我25"),
    ("不给理陪", "不给理赔"),
    ("拒绝陪付", "拒绝赔付"),
    ("假一陪三", "假一赔三"),
    ("退一陪三", "退一赔三"),
    ("陪我200块", "赔我200块"),
    ("陪我损失", "赔我损失"),
    ("申请退宽", "申请退款"),
    ("没开发漂", "没开发票"),
    ("我要投拆", "我要投诉"),
    ("压金不退", "押金不退"),
    ("衝值没到帐", "充值没到账"),
    ("热水器露电", "热水器漏电"),
    ("汽车招回名单", "汽车召回名单"),
    ("赔尝损失", "赔偿损失"),
    ("培尝损失", "赔偿损失"),
    ("这是欺炸", "这是欺诈"),
    ("被人炸骗", "被人诈骗"),
    ("快弟丢了", "快递丢了"),
    ("过了报质期", "过了保质期"),
    ("冰厢坏了", "冰箱坏了"),
    ("吃了拉肚了", "吃了拉肚子"),
    ("我要举暴", "我要举报"),
    ("销费者权益", "消费者权益"),
    ("消费着协会", "消费者协会"),
    ("银行帐户", "银行账户"),
    # What sounds alike and is another word, or may be a name, stays.
    ("陪我去医院", "陪我去医院"),
    ("陪伴机器人", "陪伴机器人"),
    ("陪练课", "陪练课"),
    ("试卷子", "试卷子"),
    ("卷帘门", "卷帘门"),
    ("花卷", "花卷"),
    ("订金", "订金"),
    ("陪老人逛超市", "陪老人逛超市"),
    ("陪读1年", "陪读1年"),
    ("陪我3天", "陪我3天"),
    ("经理陪我去看的", "经理陪我去看的"),
    ("能退或换吗", "能退或换吗"),
    ("头发漂坏了", "头发漂坏了"),
    ("把现金卷走了", "把现金卷走了"),
    ("透露电话号码", "透露电话号码"),
    ("露电影票", "露电影票"),
    ("按装修合同", "按装修合同"),
    ("勤快弟弟", "勤快弟弟"),
    ("退宽敞的房", "退宽敞的房"),
    ("正在消费着", "正在消费着"),
    ("招回来一个员工", "招回来一个员工"),
    ("帐篷", "帐篷"),
    ("冲锋衣", "冲锋衣"),
    ("露营灯", "露营灯"),
    ("", ""),
)


@pytest.mark.parametrize(("typed", "folded"), FOLDED)
def test_every_way_of_typing_has_one_form(typed: str, folded: str) -> None:
    assert folding.plain(typed) == folded


@pytest.mark.parametrize(("typed", "_"), FOLDED)
def test_offsets_lead_back_to_the_original(typed: str, _: str) -> None:
    folded = folding.fold(typed)
    assert len(folded.offsets) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert all(0 <= offset < len(typed) for offset in folded.offsets)


def test_a_span_of_the_folded_text_is_found_in_the_original() -> None:
    typed = "我\u200b買了ＫＦＲ－３５"
    folded = folding.fold(typed)
    start = folded.text.index("KFR")
    assert typed[folded.offsets[start] :] == "ＫＦＲ－３５"


def test_folding_twice_changes_nothing() -> None:
    for typed, _ in FOLDED:
        once = folding.plain(typed)
        assert folding.plain(once) == once
