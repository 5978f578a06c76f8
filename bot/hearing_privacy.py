"""MESSAGE to a choice about one's own data, by pattern: deleted, given out, told. Pure.

Precision comes first: what a shop keeps or leaked, and drafts, are other matters (the tables of relatives
are in tests/test_hearing_privacy.py). Nothing is deleted by these words alone: a button follows.
"""

import re

LONGEST = 30  # characters: whoever writes more tells a story

_STOPS = re.compile(r"[\W_]+")

# Somebody else's records, what was done to them, a dispute about it, or the opposite wish.
_OTHERS = re.compile(
    "商家|商户|商店|商场|店|卖家|平台|[他她它]们?|人家|对方|公司|老板|客服|网站|软件|小程序|酒店|银行|物业"
    "|学校|驾校|健身|中介|快递|外卖|淘宝|京东|拼多多|抖音|美团|微信|支付宝|会员|让(?!你们)|叫(?!你们)|泄|倒卖|卖给"
    "|盗用|冒用|被|骚扰|广告|怎么办|投诉|举报|要求(?!你们)|拒绝|不给|不肯|草稿|找回|恢复|误删|不小心|违法|合法"
    "|[不没别][要用想]?(?:删|清|注销|导出)"
)
_POLITE = (
    "(?:你好|您好|请问?|麻烦|帮[忙我]?|给我|给我|我?(?:现在|还|就)?(?:要求|想要?|要|需要|申请|希望)|你们?|您|能不能|可不可以"
    "|可以|能否|能|怎么|如何|怎样|马上|立即|立刻|一下|现在|全部|都|把|将){0,8}"  # not without end, for a word can be read in several ways
)
_MY = "我们?(?:自己)?(?:的|(?:之前|以前|刚才)?(?:留|填|存|给|提供|登记|上传|发)(?:的|下的|给你们的|过的|在这里的))?"
_DATA = (
    "(?:所有的?|全部的?|一切|这些|那些|相关)?(?:个人)?(?:信息|资料|数据|隐私|手机号码?|电话号码?|电话|手机|号码|联系方式"
    "|姓名|名字|住址|地址|身份证号?码?|身份信息)"
)
_PERSONAL = "(?:所有的?|全部的?|一切)?个人(?:信息|资料|数据|隐私)"
_DELETE = "(?:删除掉?|删掉|删了|删|清除掉?|清掉|清空|抹掉|抹除|销毁|注销掉?)"
_KEEP = "(?:再|继续)?(?:存着?|保存|保留|留着?|收集|记录|记着)"

_PATTERNS = (
    (
        "delete",
        (
            f"{_POLITE}{_DELETE}(?:一下|掉)?(?:{_MY}{_DATA}|{_PERSONAL}).{{0,8}}",
            f"{_POLITE}[把将](?:{_MY}{_DATA}|{_PERSONAL})(?:请|麻烦|帮我|给我|全部|统统|全|都)*{_DELETE}.{{0,6}}",
            f"{_POLITE}(?:{_MY}{_DATA}|{_PERSONAL})(?:请|麻烦|帮我|给我|全部|统统|全|都|要|能不能|可以|能|怎么|如何|想)+{_DELETE}.{{0,6}}",
            f"{_POLITE}(?:{_MY}{_DATA}|{_PERSONAL})(?:删除|删掉|清除|清掉|注销)(?:吧|一下|掉)?",
            f"我?(?:不想|不要|不让|不许|不同意|不愿意?|不希望|别)(?:再|让)*你们?{_KEEP}(?:{_MY}{_DATA}|{_PERSONAL}).{{0,8}}",
            f"{_POLITE}(?:不要|别|不许|停止)(?:再|你们)*{_KEEP}(?:{_MY}{_DATA}|{_PERSONAL}).{{0,8}}",
            f"{_POLITE}注销(?:我的)?(?:账号|账户|帐号|帐户)?(?:吧|了|掉|一下)?",
        ),
    ),
    (
        "export",
        (
            f"{_POLITE}(?:导出|下载|拷贝|复制|打包|备份)(?:一下|一份)?(?:{_MY}{_DATA}|{_PERSONAL}).{{0,6}}",
            f"{_POLITE}[把将]?(?:{_MY}{_DATA}|{_PERSONAL})(?:全部|能不能|可以|能|怎么|如何|都|想|要)*(?:导出|下载|拷贝|打包).{{0,6}}",
            f"{_POLITE}(?:给我|发我)?一份(?:{_MY}{_DATA}|{_PERSONAL})(?:的副本|副本)?(?:给我|吗)?",
        ),
    ),
    (
        "tell",
        (
            f"{_POLITE}(?:这里|系统)?(?:都|到底|究竟)*(?:存|保存|保留|留|收集|记录|掌握|知道|有)(?:着|下|了|过)*我们?的?(?:哪些|哪一些|什么|多少|啥)(?:个人)?(?:信息|资料|数据|东西|隐私)?(?:了|啊|呢|吗)?",
            f"{_POLITE}(?:这里|系统)?(?:都|到底|究竟)*(?:存|保存|保留|留|收集|记录|掌握)(?:着|下|了|过)*(?:哪些|什么|多少|啥)(?:关于)?我的?{_DATA}(?:了|啊|呢|吗)?",
            f"{_POLITE}(?:查看|查询|查一查|查查|查|看看|看一看|看)(?:一下)?我的?(?:{_PERSONAL}|(?:信息|资料|数据))",
            f"{_MY}{_DATA}你们?(?:会|要|都)?(?:存|保存|保留|留)(?:在哪里?|到什么时候|多久|多长时间)?.{{0,3}}",
            f"我的{_PERSONAL}",
        ),
    ),
)  # fmt: skip
_READ = tuple(
    (choice, re.compile("|".join(f"(?:{one})" for one in patterns)))
    for choice, patterns in _PATTERNS
)


_KEEPS_CONTACT = re.compile(
    r"(?:我)?(?:先|暂时|就|还是)?(?:不想|不愿意?|不方便|不便|不能|不要|不用|不|别|拒绝)(?:再|让我|叫我)?(?:留|给|提供|填|写|说|透露|告诉)"
    rf"(?:你们?|您)?(?:我的|自己的?)?{_DATA}(?:了|吧|哦|可以吗|行吗|行不行|可不可以)?"
    r"|(?:请|你们?|您)*(?:别|不要|不用|甭)再?(?:给我)?打(?:我)?(?:电话|手机)?(?:给我|找我)?(?:了|吧)?"
)


def keeps_contact(text: str) -> bool:
    """Whether a whole folded message says that its writer gives no contact details."""
    said = _STOPS.sub("", text)
    return len(said) <= LONGEST and _KEEPS_CONTACT.fullmatch(said) is not None


def asked(text: str) -> str | None:
    """What a folded message asks of the data that are kept here: delete, export, tell; or None."""
    said = _STOPS.sub("", text)
    if not said or len(said) > LONGEST or _OTHERS.search(said):
        return None
    return next((choice for choice, pattern in _READ if pattern.fullmatch(said)), None)
