"""READING of what a citizen wants with the things they told: list them, be told no more. Pure."""

import re

LONGEST = 30  # characters; a longer message tells of something else
LIST = "/manage_things"
DELETE_ALL = '/manage_things{"choice":"delete_all"}'
FOLLOW_TIPS = '/manage_things{"choice":"follow_tips"}'
STOP_TIPS = '/manage_things{"choice":"stop_tips"}'

_KEPT = r"(?:关注|登记|订阅|记|记下|添加)(?:了|过)?"
_WHAT = r"(?:东西|物品|产品|商品|品牌|召回|清单|列表)"
_WHICH = r"(?:都?有)?(?:什么|哪些|啥)"
_ALL = r"(?:全部|所有|都|全都|我|的)"
_DELETE = r"(?:取消|删掉|删除|删了?|清空)"
_ABOUT = r"(?:召回)?的?(?:提醒|通知|消息|推送|订阅)"

_BEFORE = r"(?:请|麻烦|帮我|给我|那|我想|我要|以后|看看?|看一下|查一?下|查看|列一?下)*"
_AFTER = r"(?:吗|呢|啊|呀|吧|了|谢谢)*"
_CLAUSE = re.compile(
    r"[，,。；;！!]\s*|(?:(?<=召回)|(?<=召回吗)|(?<=召回呢)|(?<=召回没有)|(?<=召回了没有))[?？]?\s+|\s+(?=(?:请|麻烦|再)?(?:帮我?|给我|替我)?(?:盯着?|记着|记下|记一下|登记|留意|关注|有召回|召回|有没有|通知|提醒))"
)
_LOOKED_UP = re.compile(
    r"^(?:[请问帮给]|[我想再]|麻烦)*(?:查询?|搜|看)(?:一?下|一?查|看)?|(?:到底|最近)?(?:有没有|有无|是否|是不是|在不在|会不会|要不要|用不用|有|在|会|要)?(?:被|在)?召回(?:了|过|信息|公告|名单|范围)?(?:里|内)?(?:吗|没有|没|呢)?$"
)
_OF_NOTICES = re.compile("召回|通知|告诉|提醒|推送|关注|盯着|留意")
ADDED = "(?:记|加|放|存|登记|添加|收)(?:到|进|在)(?:我的?)?(?:东西|物品|清单|列表)(?:清单|列表)?(?:里面?|中|上)?(?:去)?"
KEPT_TOO = "(?:也|一起|一并|都|帮我|给我)+(?:记上|记下来?|记着|加上|登记上?|存上)(?:吧|了|谢谢)*$"
_ABOUT_IT = re.compile(
    rf"{ADDED}(?:吧|了|谢谢)?$|{KEPT_TOO}|^(?:(?:请|麻烦|帮我?|给我)*[把将]我(?:们家|家)?的?|(?:还有|另外)+(?:[一1]?(?:[个台件]|[部辆款]))?)"
    "|^给(?:孩子|宝宝|老人|我?[爸妈]妈?|家人|家里)(?:新?买)?的|^我?不(?:知道|清楚|记得)(?:是?什么|啥)?型号了?$"
    "|^(?:[我们家里刚]|自己|最近|去年|今年)*新?(?:买了?|有|用着?|在用|登记)的?(?:了|过)?(?:一?(?:[个台件]|[辆把部款]))?(?:的是)?"
    "|(?:麻烦|请)?(?:帮我?|给我)?(?:记着|记一下|记下来?|登记一下|登记)(?:吧|谢谢)?$"
)
_LISTS = (
    rf"我(?:都|现在|目前)*{_KEPT}的?{_WHICH}{_WHAT}?",  # 我都关注了什么
    rf"我(?:都|现在|目前)*{_KEPT}的(?:{_WHAT}(?:{_WHICH})?)?",  # 我登记的东西有哪些
    rf"我的(?:东西|物品|关注|清单)(?:清单|列表|和关注)?(?:{_WHICH})?",  # 我的物品清单
    # 「取消关注」 may mean one of several: the list shows with each what deletes it.
    r"我?(?:取消|不想|不要|不再|不)(?:再|继续)?关注",
    rf"(?:取消|退订|不要)(?:[^,。]{{1,8}}的)?{_ABOUT}|退订",
)
_DELETES = (
    rf"(?:别|不要|不用|停止|暂停)(?:再|给我|向我)*(?:发|提醒|通知|推送){_ABOUT}?我?",
    rf"{_DELETE}{_ALL}+{_KEPT}的?{_WHAT}?|清空我?的?(?:物品|清单|列表)",  # 删掉我登记的东西
    rf"把?我{_KEPT}的{_WHAT}?{_ALL}*{_DELETE}",  # 把我关注的都取消
)
_TIPS = r"消费(?:维权)?(?:提示|警示)"
_FOLLOWED_TIPS = re.compile(rf"{_BEFORE}(?:关注|订阅|接收|开启|收){_TIPS}{_AFTER}")
_STOPPED_TIPS = re.compile(
    rf"{_BEFORE}(?:取消|退订|不再|不想|不要|别|关闭|停止)+(?:再|给我)*(?:关注|订阅|接收|收|发|推送)?{_TIPS}{_AFTER}"
)
_LISTED = re.compile(rf"{_BEFORE}(?:{'|'.join(_LISTS)}){_AFTER}")
_DELETED = re.compile(rf"{_BEFORE}(?:{'|'.join(_DELETES)}){_AFTER}")
_OUT_OF = r"(?:从我?(?:的)?(?:东西|物品|清单|列表|关注|登记)?(?:里|中|里面)?)?"
_ONE_DELETED = re.compile(
    rf"{_BEFORE}(?:{_DELETE}|(?:别|不用|不要|不)(?:再)?(?:记|登记|关注)(?:着|了)?)(?:掉)?(?:我)?(?:的)?(?:那个|这个|那台|这台)?([^,。]{{2,20}}?){_AFTER}"
    rf"|{_BEFORE}[把将](?:我)?(?:的)?(?:那个|这个)?([^,。]{{2,20}}?){_OUT_OF}(?:给我)?{_DELETE}{_AFTER}"
)
_STOPS = re.compile(r"[\s,。.!?;:、~…\"'“”「」]+")
_AWAY = re.compile(
    r"取消|退订|不想|别再|不再|不要再|暂停|清空|删|扔了|(?<![到进])我的.{0,6}(?:清单|列表)"
    r"|(?:关注|登记)了?(?:哪些|什么|啥)|看看我"
)


def asked(text: str) -> str | None:
    """What Rasa is asked where a folded message wants a person's things listed or deleted, or tips; else
    None.

    Only whole messages count: 「取消关注后店家不退券」 is a complaint.
    """
    said = _STOPS.sub("", text)
    if not said or len(said) > LONGEST:
        return None
    if _STOPPED_TIPS.fullmatch(said):
        return STOP_TIPS
    if _FOLLOWED_TIPS.fullmatch(said):
        return FOLLOW_TIPS
    if _DELETED.fullmatch(said) and not re.search("发我?了*$", said):  # goods are sent, too
        return DELETE_ALL
    return LIST if _LISTED.fullmatch(said) else None


def delete(number: int) -> str:
    """What Rasa is asked to delete the thing of that id."""
    return f'/manage_things{{"number":"{number}","choice":"delete"}}'


def one_to_delete(text: str) -> str | None:
    """The words of a thing that a whole folded message wants deleted; None where it wants none."""
    said = _STOPS.sub("", text)
    match = _ONE_DELETED.fullmatch(said) if len(said) <= LONGEST else None
    return next((one for one in match.groups() if one), None) if match else None


def turns_away(text: str) -> bool:
    """Whether words that were taken for a wish to follow want the contrary, or the list.

    Wider than `asked`, for they are known to be about following.
    """
    return bool(_AWAY.search(text))


def called(words: str) -> str:
    """The thing in a citizen's sentence about it: 「我买了个小米电饭煲帮我记着，有召回通知我」."""
    parts = (_LOOKED_UP.sub("", one) for one in _CLAUSE.split(words))
    clauses = [_ABOUT_IT.sub("", one) for one in parts if not _OF_NOTICES.search(one)]
    return "，".join(filter(None, clauses)) or words
