"""READING: short whole answers, and which field a correcting sentence means. Knows no form."""

import re
from datetime import date

from bot.reading import amounts, dates, demands, places, platforms

LONGEST_STOP = 30  # characters of a message that breaks off and says why
LONGEST_CORRECTION = 40  # characters; a longer message tells a story
_ANY_DAY = date(2000, 1, 1)  # only whether a day is named matters here

_TAIL = r"[啊呀吧呢哦噢嘛哈了的呗啦哇诶~。.!!,\s]*"
_UNKNOWN = re.compile(
    r"(?:(?:我|这个|那个|具体|真的?|也|都|就|反正|实在|已经|好像|现在|暂时)*"
    r"(?:不知道?|不晓得|不记得|记不[清得](?:楚)?|记不太?清|想不起来?|忘记?|不清楚|不太清楚"
    r"|不太?确定|不太记得|没印象|不了解|不明白|说不[上清准]来?(?:楚)?|没注意|没留意|不详|未知)"
    r"(?:了|叫什么|是多少|多少钱?|哪天|日期|名字|具体时间|时间|是哪家|店名|是什么)*"
    r"|没有?|没有?(?:相关)?(?:信息|型号|品牌|资料)|无|暂无|没留|没看|跳过|略过?|先?跳过(?:这个|这项"
    r"|这一项|这题)?|下一个|下一项|下一步|不想[说填写]|不方便(?:说|透露)?|不填|不写|先不[填写说留]|(?:不想|不愿意?|不便|不方便|不用|不)"
    r"(?:再|给|你们?|您)*(?:留|给|提供|透露)(?:电话|手机号?|号码|联系方式|信息)?"
    r"|以后再[说填]|回头再说|随便|都行|pass|skip|none|no idea)" + _TAIL,
    re.IGNORECASE,
)
_YES = re.compile(
    r"(?:(?:嗯+|恩+|哦|那|我|就)*[,\s]*"
    r"(?:对(?:对|的|头)*|是(?:是|的|这样|这个|滴)*|就是这样|没错|没问题|正确|确认(?:无误|提交"
    r"|登记)?|确定|好(?:好|的|滴|嘞|哒|吧)*|行(?:行)*|可以(?:可以|的)*|中|成|嗯+|恩+|要|需要|想"
    r"|愿意|同意|(?:仍|还)要提交|提交(?:吧)?|登记|就这样|都对|全对|无误|信息无误|ok|okay|yes|y|yep|sure|1|👌|👍"
    r"|okk)"
    r"(?:[,\s]*(?:提交|登记|谢谢|就这样|没错|对|是的|可以|确认|好的|没问题|麻烦(?:你|您)?|帮我提交"
    r"|开始|继续))*)" + _TAIL,
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:(?:嗯|额|呃|那|我|先|还是|都|这)*[,\s]*"
    r"(?:不(?:不|是|对|要|用|行|可以|需要|想|好|同意|愿意|提交|登记|确认|正确|准确|必|是的|了)*"
    r"|没有?必要|错(?:了|误)?|有误|有问题|取消(?:吧)?|算了|放弃|别(?:提交|登记|了)?|否|免了|拒绝|no"
    r"|n|nope|cancel)"
    r"(?:[,\s]*(?:谢谢|算了|取消|不要了|不用了|这样|提交|登记))*)" + _TAIL,
    re.IGNORECASE,
)

_WRONG = (
    "(?:不对|错了?|写错|填错|弄错|搞错|记错|说错|打错|有误|不正确|不准确|改一?下|改成|改为|更正"
    "|修改|应该?是|应为|换成|要改|不是这个)"
)
_FIELDS = (
    ("standing", "消费情况"),
    ("amount", "金额|价格|价钱|钱数|数额|多少钱|花了|总价"),
    ("occurred_on", "时间|日期|日子|哪天|几号|购买日"),
    ("platform", "平台|在哪个网|网站|软件|app|APP"),
    ("location", "地址|地点|位置|街道|哪个镇|哪条街|在哪"),
    ("merchant", "商家|店名|商户|店铺|商店|店家|卖家|公司|店的?名字|被投诉"),
    ("demand", "诉求|要求|请求|需求|想要的"),
    ("model", "型号"),
    ("brand", "品牌|牌子"),
    ("product", "商品|产品|东西|货品|物品"),
    ("facts", "经过|事情|情况|描述|内容|事实|过程|说明"),
)  # fmt: skip
_NAMED = re.compile("|".join(f"(?P<{field}>{words})" for field, words in _FIELDS))
_NAMED_WRONG = re.compile(rf"(?:{_NAMED.pattern})[^,。;!?]{{0,6}}[,\s]*{_WRONG}")
_CHANGE_NAMED = re.compile(r"(?:改一?下|修改|更正|改改|纠正|重新填)(?:一下)?(?P<rest>.{1,8})")
_SWAP = re.compile(
    r"不是(?:在|去)?(?P<old>[^,。;!?]{1,16}?)[,\s]*(?:而是|应该?是|是|改成"
    r"|换成)(?P<new>[^,。;!?]{1,24})"
)
_INSTEAD = re.compile(
    r"(?:不对|错了|(?:写|填|说|搞|弄|打|记)错了?|更正|修改|改一?下|改成|改为|换成"
    r"|应该?是)[,:\s]*(?:应该?是|是|改成|改为)?(?P<new>.+)"
)
# 店名是力美健, 时间是五月: a field is named and told, whatever is asked.
_TOLD = re.compile(
    r"(?:店的?名字?|商家|店家|店铺|时间|日期|金额|价格|地[点址]|诉求|平台|品牌|型号)(?:就|应该)?(?:是|叫做?|为|:)(?P<new>[^,。;!?]{1,40})$"
)
_SHOP_LED = re.compile(r"(?:商?店|商家|店家|店名)不是")
_SHOP_LIKE = re.compile(
    r"(?:(?<!实体)(?<!网)(?<![线上下])(?<![这那]家)(?<!专卖)(?<!旗舰)店|馆|超市|商[场城店]|公司|中心|酒楼|饭庄|家居|广场|坊|城)$"
)
_LOCATION = re.compile(r"[镇街路区县村]|广场|商场|小区")


_NOT_TOLD = ("什么", "啥", "多少", "哪天", "哪里")
_INTO = re.compile(
    r"(?:应该?是|应为|改成|改为|换成|而是|[,，\s]就?是|(?:不对|错了?)[,，\s]*叫|^(?:店的?名字?|商家|店家|店铺)(?:就|应该)?(?:是|叫做?|为|:))(?P<value>[^,，。;!?]{1,40})$"
)
_WITHDRAWAL = re.compile(
    r"撤(?:销|回|诉|案|掉|单|了|下|一下|吧)|销案|(?:不|别|不想|不用|不再|不需要|不打算)(?:投诉|追究|告|维权|追|处理)"
    r"|(?:取消|放弃|反悔).{0,6}(?:投诉|维权)|(?:投诉|维权).{0,6}(?:取消|作废|撤|不要)"
)
_QUESTION = re.compile(
    r"(?:吗|(?<!饿了)么|嘛|呢|[?？])[\s。.!！?？]*$|怎么(?:办|退|赔|维权|处理|算)|几(?:年|天|个月)[啊呢呀]?$|(?:要|赔|退|拿|得|算)到?多少(?!钱)(?:钱)?[啊呢呀]?$|(?:咋|怎么)(?:办|整|弄|搞)(?:[啊呢呀吧]|$)|能不能|可不可以|是不是|算不算|合不合法"
    r"|有没有|多久|几天(?:内)?(?:能|可以|给|有|出)|凭什么|找谁|归谁管|^(?:为什么|什么叫|什么是|请问)"
    r"|是(?:什么|啥)(?:热线|电话|意思|部门|单位|[?？])|要不要|会不会|用不用|行不行|多长时间|什么时候(?:能|可以|给|出)"
)
_STOP = re.compile(
    r"(?:/(?:cancel|stop|quit|exit)|(?:我|那|还是|就|先|都|这事|这件事|算了|请|帮我|给我|把|[,\s])*"
    r"(?:我的投诉|这个投诉|投诉)?"
    r"(?:取消|退出|撤(?:回|销|诉|了|掉)|(?:不想|不要|不用|不)再?(?:投诉|维权|告|弄|搞)|别(?:再)?(?:记|投诉|登记)"
    r"|不用(?:再)?(?:记|登记|投诉))(?:我的|这个|这次|刚才的|掉|它|投诉|登记|草稿|填写|了)*)"
    + _TAIL,
    re.IGNORECASE,
)
_NO_COMPLAINT = re.compile(r"投诉|维权|不.{0,2}告|撤")
_OPENER = re.compile(
    r"(?:/complain|(?:我|那|就|是|先|也|还|想|要|来|去|帮我|请|需要|申请|消费|[,\s])*(?:投诉|维权)+(?:商家|店家|卖家|他们?|它|这家|这个|一下)?)"
    + _TAIL,
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"(?:索赔|赔偿?|补偿)(?:给?我|个|人家|至少|最少|最低|[ ,])*(?:\d|[一二两三四五六七八九十]+[百千万])"
    r"|^(?:我|就|那|想|必须|至少|最少)*要(?:他们?|求|商家|店家)?(?:给我?)?(?:\d|[一二两三四五六七八九十]+[百千万])"
)
_IF_SAFE = re.compile(
    r"安全(?:吗|么|不|嘛|[?？])|安不安全|(?:能|可以|敢)(?:继续|接着|放心|再)?(?:使?用|玩|戴|坐|骑|充)(?:吗|么|不|嘛)"
    r"|能不能(?:继续|接着|再)?用|放心(?:使?用|玩|买)|没事(?:吧|吗)|没(?:有|什么)?问题(?:吧|吗)|有没有(?:问题|危险)"
    r"|危险(?:吗|么|不)|会(?:爆炸|爆|起火|着火|自燃|漏电|出事)(?:吗|么|嘛)|会不会(?:有)?(?:危险|爆炸|爆|起火|着火|自燃|漏电|出事)|靠不靠谱"
)


def is_unknown(text: str) -> bool:
    """Whether a whole answer says that the citizen does not know, has none or wants to skip."""
    return bool(_UNKNOWN.fullmatch(text.strip()))


def is_yes(text: str) -> bool:
    """Whether a whole answer agrees."""
    return bool(_YES.fullmatch(text.strip()))


def is_no(text: str) -> bool:
    """Whether a whole answer refuses or takes back."""
    return bool(_NO.fullmatch(text.strip()))


def corrected_field(text: str) -> str | None:
    """The field a sentence corrects (金额不对,是280 → amount), or None where it corrects none.

    Fields bear the names of the dispute's columns. Where no field is named, the new value tells:
    不是淘宝是拼多多 → platform.
    """
    text = text.strip()
    if len(text) > LONGEST_CORRECTION:
        return None
    if match := _NAMED_WRONG.search(text):
        return match.lastgroup
    if (change := _CHANGE_NAMED.match(text)) and (named := _NAMED.search(change["rest"])):
        return named.lastgroup
    if (told := _TOLD.match(text)) and (named := _NAMED.match(text)):
        return named.lastgroup if told["new"] not in _NOT_TOLD else None
    if match := _SWAP.search(text) or _INSTEAD.match(text):
        is_shop = _SHOP_LED.match(text) or _SHOP_LIKE.search(match["new"].strip())
        return _field_of(match["new"]) or ("merchant" if is_shop else None)
    return None


def swapped(text: str) -> tuple[str, str] | None:
    """What a sentence takes back and what it puts there (不是永旺是大润发 → 永旺, 大润发), or None."""
    match = _SWAP.search(text.strip())
    return (match["old"].strip(" ,"), match["new"].strip(" ,")) if match else None


def _field_of(value: str) -> str | None:
    """Which field a new value belongs to, or None where its words do not tell."""
    if amounts.find(value):
        return "amount"
    if platforms.find(value):
        return "platform"
    if dates.find(value, _ANY_DAY):
        return "occurred_on"
    if demands.find(value):
        return "demand"
    if places.find(value, {}) or _LOCATION.search(value):
        return "location"
    first = re.split(r"[,。;!\s]", value.strip(), maxsplit=1)[0]  # 「换成3200吧 刚看了付款记录」
    return "amount" if amounts.read(first) is not None else None


def corrected_value(text: str) -> str | None:
    """What a correcting sentence puts in the place (商家不对,是好又多 → 好又多), or None."""
    match = _INTO.search(text.strip())
    return match["value"].strip(" ,。!") or None if match else None


def is_withdrawal(text: str) -> bool:
    """Whether a message takes a complaint back, rather than only ends the talk."""
    return _WITHDRAWAL.search(text) is not None


def is_stop(text: str) -> bool:
    """Whether a message breaks off what is being filled in (取消, 别记了, /cancel).

    The whole of it, or that it is no complaint any more and then why: 「不投诉了 老板退我钱了」.
    """
    text = text.strip()
    first = re.split(r"[,。;!\s]", text, maxsplit=1)[0]
    is_led = len(text) <= LONGEST_STOP and bool(_NO_COMPLAINT.search(first))
    return bool(_STOP.fullmatch(text) or (is_led and _STOP.fullmatch(first)))


def is_opener(text: str) -> bool:
    """Whether a whole message says no more than that one wants to complain (投诉, 我要维权)."""
    return bool(_OPENER.fullmatch(text.strip()))


def is_claim(text: str) -> bool:
    """Whether the sum in a message is what is wanted on top (要赔1000), not what was paid."""
    return _CLAIM.search(text) is not None


def asks_if_safe(text: str) -> bool:
    """Whether a message asks if a thing may still be used (安全吗, 还能用吗, 没事吧)."""
    return _IF_SAFE.search(text) is not None


def is_question(text: str) -> bool:
    """Whether a message asks something, rather than answers."""
    return _QUESTION.search(text) is not None
