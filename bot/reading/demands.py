"""READING: what the citizen wants of the shop. Knows not whether they may have it."""

import re
from dataclasses import dataclass

# (code, what leads up to the wish, the wish itself). Only the wish is marked.
# A wish inside a negation (不给退款) is still the wish; what is done already (退款成功) is none.
_NAMED = "(?!成功|地址|按钮|流程|率|单号|政策|规则|入口|界面|页面|进度|申请中|通知|订单号|标准|险)"
_ASK = (
    "(?:要求?|希望|申请|请求?|想|必须|应该?|得|给|帮|能|可以|让|叫|不|拒绝|拒不|没人|无法|怎么"
    "|如何|咋|需要|尽快)"
    "(?:商家|卖家|店家|对方|厂家|他们?|你们|我们?|予|以|否|不能|给|帮|再|免费)*"
)
_REFUND_WORDS = "(?:款|钱|费|票|押金|定金|订金|学费|卡费|会费|余额|保证金|运费|房租|保费|差额)"
_PATTERNS = (
    ("price_difference", "", "(?:退|补|返|赔)(?:还|偿)?(?:给?我)?(?:差价|价差)|补差(?!评)|价保"),
    ("price_difference", _ASK, "保价"),
    ("return", "", f"退货(?!退款成功){_NAMED}|退掉|退(?=换(?:货|车|商品))|(?<!又)退回(?=商品|货|去)"),
    ("return", "把(?:货|东西|商品|它|衣服|鞋|手机)(?:给)?", "退"),
    ("return", _ASK, "退(?=[/、和或]?换)"),
    ("exchange", "", "换货|换新(?!闻)"),
    ("exchange", _ASK, "(?:更换|调换|换)(?![了算来过成句气水电煤])(?:一|个|台|部|件|新|货|车|机|掉|条|双)*"),
    ("exchange", "^", "换(?:一?[个台部件双条辆只把]新?|新)的"),
    ("exchange", "(?:(?<=退)|(?<=[/、或]))", "换(?:货|车|商品)?(?![了算来过])"),
    ("deliver", "", "补发|补寄|重新发货|重发(?!性)|催单|催发货"),
    (
        "deliver",
        "(?:尽快|赶紧|马上|立即|立刻|要求|今天|按时|必须|快点|怎么|给我?|不|没有?|迟迟|一直|请|早点"
        "|为什么|啥时候|什么时候|何时|还|[ ,。!、]|^)"
        "(?:商家|卖家|店家|你们|他们|不|没|给|我)*",
        "发(?:货(?!地址|单|人|商|方|时间|通知|后|了|的|之)|短袖|快递)|送货(?!员|上门费)",
    ),
    ("cancel", "",
        "解除(?:购房|买卖|服务|装修|租赁)?合同|解约(?!通知|书)|退卡(?!费|里)|退订(?!单)|退课(?!费)"
        "|退会(?!费)|退保(?!证金|费)|退学(?!费)"
        "|退房(?!手续)"
    ),
    ("cancel", "",
        "取消(?:订单|合同|服务|会员|套餐|自动续费|自动扣款|分期|订购|预订|预约|办理)|撤销(?:合同"
        "|订单)|终止合同"
    ),
    ("cancel", "", "注销(?:会员|账户|账号|卡)|关闭自动(?:续费|扣款)|不想(?:办|学|练)了"),
    ("refund", "(?<!正常)",
        f"原路(?:退|返)[回还款]|(?:全额|全款|全部|部分)?退{_REFUND_WORDS}(?!到账|完成){_NAMED}"
    ),
    ("refund", "(?<!正常原路)",
        "退还(?!有)|返还(?!了)|退回(?:来|押金|定金|订金|全部|全款|钱|费用|余额|剩余|款)|仅退款"
        "|还我?钱|退一半"
    ),
    ("refund", "",
        "把?(?:钱|款|费用|押金|定金|订金|余额|学费)(?:都|全部?|给我)?(?:退给?我|退回来?"
        "|退了?(?=[,。!吧]|$)|还给我|还我)"
    ),
    ("refund", "",
        "退(?:还|回|掉)?(?:给?我)?(?:卡里|里面)?(?:剩下?|剩余|余下|没用完?|没消费完?|未消费|未使用)的?(?:部分|次数|课时|课)?的?"
        "(?:钱|款|费用?|余额|金额|部分)"
    ),
    ("refund", "", "退(?:给我|我)(?!货|换)|退不了(?!货)|退不退"),
    ("refund", _ASK, f"全?退(?![货换出订休房学卡会保役烧步让色耕缩课])(?:{_REFUND_WORDS}|还)?"),
    ("compensation", "",
        "[假缺少退]一[赔罚][一二三四十\\d]+|[三十双]倍(?=赔|退|返)|(?:误工|医药|医疗|精神损失|误餐"
        "|营养)费"
    ),
    ("compensation", "(?<!未收到)(?<!获得)(?<!已经)",
        "赔偿(?!款|了|过)|[陪培]偿|[陪培]钱|赔[我钱]|赔付(?!进度|了|款|7)|补偿(?!款|了|一个)"
    ),
    ("compensation", _ASK, "理赔|(?<!只给)赔(?![了付偿])|[陪培](?=我|钱|损失|\\d)"),
    ("repair", "", "返修|返厂|修好|包修|上门维修"),
    ("repair", _ASK, "(?:维修|修理|修一下|修|保修|质保)(?![改订身期卡金])"),
    ("repair", "(?<!全)(?<!年)", "保修(?!期|卡|范|时|服务|的范围)"),
    ("invoice", "",
        "(?:补开|不开|(?<!未)开具?|索要|要个?|补)(?:张|个)?(?:增值税|正规|专用|购车|电子|普通)?(?:发票"
        "|专票)"
    ),
    ("invoice", "(?:不给|拒绝|拒)(?:我)?(?:提供|开具?|出)?", "(?:增值税|正规|电子)?发票"),
    ("apology", "", "道歉|赔礼|赔不是|认错"),
    ("other", "",
        "给(?:我们?|消费者|大家|个|一个)+(?:合理|满意)?的?(?:说法|交代|交待|解释|答复|结果|公道)"
    ),
    ("other", "",
        "讨(?:个|一个|回)?(?:说法|公道)|要(?:个|一个)(?:说法|解释|答复)|恢复(?:使用|账号|服务|会员"
        "|权益)|说清楚"
    ),
    ("other", "(?:要求|给予?|给出|希望)(?:合理|商家|你们)?的?", "解释|答复|说明|处罚|整改"),
)  # fmt: skip
_BACK_AND_MORE = re.compile("退一[赔罚]")  # the price back, and a multiple of it
# Done already, one of several (三笔退款), or only when something else happened (退货之后).
_DONE_BEFORE = re.compile(r"(?:已经?|并未申请|并没有?申请|成功|显示|笔[\u4e00-\u9fff]{0,4})$")
_DONE_BEHIND = re.compile(r"(?:成功|已到账|完成|到账了|过了|后[,，]|一直在|[之以]后|只给)")
# What the shop has in writing is its rule and not the wish: 小票上写着不予退款.
_RULE = re.compile(
    r"(?:写着?|写的是?|写明|印着|标着|标注|注明|备注|声明)[^。;!?]{0,6}(?:不予|不可以?|不能|概不|恕不|一律不|不支持|不)退?$"
)
_DEMAND = re.compile(
    "|".join(f"{lead}(?P<{code}_{n}>{wish})" for n, (code, lead, wish) in enumerate(_PATTERNS))
)


@dataclass(frozen=True)
class Demand:
    """A wish with its span and code: refund, return, exchange, repair, compensation, deliver,
    apology, cancel, price_difference, invoice or other."""

    text: str
    start: int
    end: int
    code: str


def find(text: str) -> list[Demand]:
    """The wishes in folded text, in order, repeated ones included."""
    found = []
    for match in _DEMAND.finditer(text):
        group = match.lastgroup or ""
        start, end = match.span(group)
        is_done = _DONE_BEFORE.search(text[max(0, start - 5) : start])
        is_rule = _RULE.search(text[max(0, start - 14) : start])
        if not is_done and not is_rule and not _DONE_BEHIND.match(text, end):
            found.append(Demand(text[start:end], start, end, group.rsplit("_", 1)[0]))
    return found


def spelled(text: str) -> list[Demand]:
    """The wishes that are said in a word of their own (退款, 换货) and have a category.

    These are marked in a message; a bare 退 or 赔 and 「给个说法」 are wishes as well, but no names of one.
    """
    wishes = [_with_return(text, wish) for wish in find(text) if wish.code != "other"]
    return [wish for wish in wishes if len(wish.text) > 1]


def _with_return(text: str, wish: Demand) -> Demand:
    """The wish, and of 退换 both characters in one span."""
    if wish.code == "exchange" and text[wish.start - 1 : wish.start] == "退":
        return Demand("退" + wish.text, wish.start - 1, wish.end, wish.code)
    return wish


# In an answer to "what do you want", a bare word is a wish; in running text it is none.
_BARE = (
    ("refund", "退(?![货换休役步订课卡学房会保])"),
    ("exchange", "换(?![成算不])"),
    ("compensation", r"赔|[一二三四五六七八九十两\d]倍"),
    ("repair", "(?<!不)修"),
)


# Words of which a wish has one at least, though it has no code: 补给我赠品, 让他们重新装.
_WISHES = re.compile(
    r"要|想|让|叫|给|把|补(?!贴)|重|道歉|说法|解释|处理|解决|罚|关|送|改|恢复|取消|停|别|希望|赶紧|尽快|能|请|帮|还|退|换|修|赔|返|开|拆|装|弄|查|兑现|履行|继续|公道|交代|态度"
)


def may_be(text: str) -> bool:
    """Whether a whole answer can be a wish at all; 「卖菜的 没名字」 and 「假的」 are none."""
    return _WISHES.search(text) is not None


# What the shop offers is no wish: 只赔500, 说最多赔100.
_OFFERED = re.compile(
    r"(?<!我)(?:只(?!要|想|求)|才|最多|顶多|仅|就(?=给|肯))(?:肯|给|同意|愿意|能|答应|[他我])*[退赔补换修]"
)


def answered(text: str) -> set[str]:
    """The codes in a whole answer to the question what the citizen wants (退, 换一个, 要十倍)."""
    codes = read(text)
    if codes - {"other"} or _OFFERED.search(text):
        return codes
    return {code for code, word in _BARE if re.search(word, text)} or codes


def read(text: str) -> set[str]:
    """The codes of the wishes in folded text; `other` only where nothing clearer is said."""
    codes = {demand.code for demand in find(text)}
    codes |= {"refund"} if _BACK_AND_MORE.search(text) else set()
    return codes - {"other"} if len(codes) > 1 else codes
