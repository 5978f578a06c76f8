"""READING: words of the trade that an input method or an ear got wrong (代金卷, 陪偿). Pure.

Only where no other reading is left: 陪 alone is company, 经理陪我 is no 理赔, 头发漂了 no 发票. Each is
as long as what it stands for, so that every place in the text stays where it was.
"""

import re

_MEANT = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        ("(?<=代金|优惠|购物|消费|抵用|抵扣|现金|团购|折扣|电影|满减|提货|礼品|兑换|体验)卷"
         "(?![款走钱入逃跑土])", "券"),
        ("[陪培](?=偿|付|款|钱|我?损失|尝)", "赔"),
        ("(?<=赔)尝", "偿"),
        ("(?<=[索拒])陪|(?<=[假退缺少]一)陪|(?<=[十双]倍)陪", "赔"),
        ("(?<=(?<![经助管代总料护])理)陪(?![我他她你同伴着])", "赔"),
        (r"陪(?=我?\d+(?:\.\d+)?(?:元|块|万|千|百))", "赔"),
        ("(?<=退)[宽欵](?![敞松大限])", "款"),
        ("(?<=开)发[漂飘](?![亮])|发漂(?=抬头|不开|没开)", "发票"),
        ("投[述素]|投拆(?!迁)", "投诉"),
        ("举[抱暴]", "举报"),
        ("消费着(?=权|协会|维权|投诉|保护)|销费者", "消费者"),
        ("欺[炸榨]", "欺诈"),
        ("诈片|炸骗", "诈骗"),
        ("压金", "押金"),
        ("帐(?=[户号])|(?<=[转到])帐(?!篷|本)", "账"),
        ("冲值", "充值"),
        ("快(?:弟(?![弟子妹])|逮)", "快递"),
        ("[招昭]回(?=事件|通知|公告|的?车|名单|维修|更换|产品|了?吗|没有|信息)|(?<=被)[招昭]回", "召回"),
        ("[报保][质制]期", "保质期"),
        ("冰厢", "冰箱"),
        ("(?<![透吐暴泄显流])露电(?![话影视子商])", "漏电"),
        ("拉肚了", "拉肚子"),
    )
)  # fmt: skip


def meant(text: str) -> str:
    """The folded text with these words as they are meant, of the same length."""
    for pattern, word in _MEANT:
        text = pattern.sub(word, text)
    return text
