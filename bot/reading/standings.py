"""READING: how a citizen stands to a dispute: own, handled elsewhere, another's, shared, a business's."""

import re

from bot.reading import answers, moments

LONGEST_PLAIN = 20  # characters that say it under another question
OWN_WORDS = ("自己", "自用", "家用", "家里用", "家人", "本人")
LONGEST_ANSWER = 60  # characters; a longer message is a story

_NOT = r"(?:没有?|未|不(?!过)|别|并非|还没|从来没)"
_BODY = (
    r"(?:消协|消费者协会|消保委|消委会?|法院|法庭|仲裁(?:委员会|委|机构)?|12315|12345|工商(?:局|所)?|市场监管(?:局|所)?|市监(?:局|所)"
    r"|监管(?:部门|局|所)|行政机关|(?:有关|其他|别的)部门|派出所|公安局?|文旅局|住建委|教育局)"
)
_HANDLING = r"(?:处理|调解|受理|立案|判决?|裁决|审理|开庭|介入|登记|接手|协调)"
_GONE_TO = r"(?:投诉|反映|起诉|申请|告|找|报案|举报)"
_HANDLED = re.compile(
    rf"{_BODY}(?:的?人)?(?:已经?|正在|在|都|也|给|帮|那边|这边|,)*{_HANDLING}(?:过|了|中|着|完|好)"
    rf"|{_BODY}(?:那边|这边)?(?:已经?|正在)+{_HANDLING}"
    rf"|(?:找|去|到|向|打|跟|在|通过)过?{_BODY}(?:已经?|都|也)?{_GONE_TO}?(?:过|了)(?![^,。;!?]{{0,6}}再说)"
    rf"|(?:找过|打过|去过){_BODY}"
    rf"|{_BODY}(?:那边|这边|也|都|到现在|还)*(?:没|没有|不)(?:给)?(?:解决|管|处理好|办成)"
    r"|(?:已经?|正在)(?:向法院|去法院|到法院)?(?:起诉|打官司|走仲裁|申请仲裁)"
    r"|(?:起诉|仲裁)(?:过了?|已?立案)|法院(?:已经?)?(?:立案|判)了"
)
_BARE_HANDLED = re.compile(
    r"(?:是的?|别处|以前|之前|已经?|有|都|也|在?别的地方|[,\s])*(?:正在)?(?:处理|调解|起诉|仲裁|投诉)(?:过了?|中|着呢)[啊呀吧呢的。.!\s]*"
)
_BUSINESS = re.compile(
    r"(?:(?:给|为|替|帮)(?:我们?|俺们?|咱们?|自己|自家)?的?(?:公司|单位|店里?|店铺|厂里?|饭店|餐馆|超市|工地|食堂|酒店)(?:里)?[^,。;!?]{0,4}(?:进|采购|买|用|订|批)"
    r"|(?:公司|单位)(?:里)?(?:买|采购|用|订|经营)|(?:店里|店铺|单位)经营|进的?货|拿的?货|用来(?:转卖|经营|卖)|(?:买|拿|批发)(?:回?来)?(?:转卖|倒卖|卖的)|转卖(?!给我)|二次销售"
    r"|(?:做生意|开店|经营|营业|商|办公)用)"
)
_NO_BUSINESS = re.compile(
    rf"(?:{_NOT}|不是)[^,。;!?]{{0,6}}(?:经营|进货|转卖|做生意|开店|公司|单位)"
)
_MANY = r"(?:十几|几十|上百|好几|好多|很多|许多|不少|一百多|\d*[2-9]\d*|1\d+|[两二三四五六七八九]|[二三四五六七八九]?十[二三四五六七八九]?)(?:来|多|几)?"
_PEOPLE = r"(?:个|位|名)?(?:人|业主|家长|顾客|会员|学员|消费者|客户|邻居|同学|受害者)"
_SHARED = re.compile(
    rf"{_MANY}{_PEOPLE}|(?:大家|我们|大伙)(?:儿)?(?:都|全)(?:是|这样|一样|遇到|碰到|被)|(?:好几|几)个人|一群人|联名|集体投诉|一起投诉|共同投诉|好几家"
)
_FAMILY = (
    r"(?:妈妈?|爸爸?|母亲|父亲|爷爷|奶奶|姥姥|姥爷|外公|外婆|父母|爸妈|老人|老公|老婆|丈夫|妻子|爱人|对象|老伴儿?|孩子|儿子|女儿|闺女|娃|宝宝|家人|家里人?"
    r"|哥哥?|姐姐?|弟弟?|妹妹?|公公|婆婆|岳父|岳母)"
)
_OTHERS = r"(?:别人|他人|人家|同事|朋友|邻居|亲戚|同学|室友|闺蜜|客户|老板|领导|老乡|工友|战友|对门|大爷|大妈|阿姨|大姐|大哥)"
_FOR_ANOTHER = re.compile(
    rf"(?:替|帮|代|代替|代表|为|给)(?:我|我们|一个|一位|个|位)?的?{_OTHERS}|{_OTHERS}(?:让|叫|托|委托|拜托|请)我|(?:受|是){_OTHERS}(?:委托|的事|买的)|代(?:人|为)投诉|我是(?:代理人|受托人|代办)|^(?:我)?{_OTHERS}的(?:事|东西)?$"
)
_OWN = re.compile(
    rf"(?<!不)(?<!不是)(?<!不是我)(?:自己|本人|自用|家用|自个儿?|我买的|我用|我家)|(?<!不)(?:是|给|帮|替)(?:我们?|俺|咱们?)?家?的?{_FAMILY}|^(?:我)?{_FAMILY}(?:买|用|吃|的|要)|生活(?:消费|用|需要)|日常用"
)
_FOR_FAMILY = re.compile(
    rf"(?:就|都|是)*(?:给|帮)?(?:我们?|俺|咱们?)?家?(?:里)?的?{_FAMILY}(?:用|吃|喝|穿|戴|玩)的?[啊呀吧呢。.!\s]*"
)
_NOT_HANDLED = re.compile(
    rf"{_NOT}[^,。;!?]{{0,8}}(?:处理|调解|起诉|仲裁|投诉|找)过?|(?:是的?|对|嗯+|[,\s])*(?:没有?|都没有?|没有过|没呢|没)[啊呀吧呢的。.!\s]*$"
)
_PLAIN_YES = re.compile(r"(?:是|是的|对|对的|嗯+|属于|没错|当然是?)[啊呀吧呢的哦。.!\s]*")

# ── what a story says in so many words ──
_STORY_BUSINESS = re.compile(
    r"(?:给|为|替)(?:我们?|俺|自己|咱们?|自家)?的?(?:公司|单位|店里?|店铺|厂里?|饭店|餐馆|小超市)(?:里)?(?:进货|进的货|进了|采购)"
    r"|我(?:自己)?(?:是)?开(?:了个?|着|的)?[^,。;!?]{0,6}(?:店|超市|饭馆|餐馆)[^,。;!?]{0,4},?[^,。;!?]{0,8}(?:进货|进的货|进了)"
    r"|(?:买|进货|批发)(?:回?来)(?:就是)?(?:转卖|倒卖)"
)
_STORY_SHARED = re.compile(
    rf"(?:我们|和我一样的?|跟我一样的?|一共|总共|小区)有?{_MANY}{_PEOPLE}[^,。;!?]{{0,4}}(?:都(?:是)?(?:这样|一样|遇到|碰到|被骗|被坑|交了钱|办了卡)|联名|集体|共同(?:投诉|维权)|一起(?:投诉|维权))"
    r"|我们(?:联名|集体|共同)(?:投诉|维权)"
)
_STORY_HANDLED = re.compile(
    rf"(?:消协|消费者协会|法院|仲裁委(?:员会)?|12315|市场监管(?:局|所)|市监局)(?:那边)?(?:已经?|都|给|正在|,)*{_HANDLING}(?:过|了|中)"
    r"|(?:已经?|正在)(?:向|去|到|在)?法院起诉(?!状)|法院(?:已经?)(?:立案|判)|仲裁(?:委)?已经?(?:受理|裁决)"
)
_WISH = re.compile(rf"(?:要求|希望|请求|让|请|想|打算|准备|要|会|等|{_NOT})[^,。;!?]{{0,3}}$")


def read(text: str) -> str | None:
    """How the citizen stands to the matter, in a whole answer to that question; None where it is open.

    `handled` (another body dealt with it), `business`, `shared` (several people), `for_another`, `own`
    (the citizen or their family).
    """
    text = text.strip()
    if len(text) > LONGEST_ANSWER:
        return None
    if _stands(_HANDLED, text) or _BARE_HANDLED.fullmatch(text):
        return "handled"
    if _BUSINESS.search(text) and not _NO_BUSINESS.search(text):
        return "business"
    if _SHARED.search(text):
        return "shared"
    if _FOR_ANOTHER.search(text) and not re.search(
        rf"{_NOT}?不是[^,。;!?]{{0,3}}(?:替|帮|代)", text
    ):
        return "for_another"
    is_own = _OWN.search(text) or _NOT_HANDLED.search(text) or _PLAIN_YES.fullmatch(text)
    return "own" if is_own else None


def is_plain(text: str) -> bool:
    """Whether a short message says of itself how the citizen stands: 自己用的, 找过消协了."""
    if len(text) > LONGEST_PLAIN or answers.is_question(text):
        return False
    said = read(text)
    is_own = said == "own" and (
        any(word in text for word in OWN_WORDS) or _FOR_FAMILY.fullmatch(text) is not None
    )
    return is_own or (said == "handled" and _stands(_HANDLED, text))


def in_story(text: str) -> str | None:
    """How the citizen stands to the matter where a story says so itself; `own` is never taken for said."""
    if answers.is_question(text):
        return None
    if _stands(_STORY_HANDLED, text):
        return "handled"
    if _STORY_BUSINESS.search(text):
        return "business"
    if _STORY_SHARED.search(text):
        return "shared"
    is_others = moments.is_for_another(text) and _FOR_ANOTHER.search(text)
    return "for_another" if is_others else None


def _stands(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the pattern stands in the text, and is neither denied nor only wished."""
    return any(not _WISH.search(text[: match.start()]) for match in pattern.finditer(text))
