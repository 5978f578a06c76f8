"""Words that belong to the last reply or to a record: a yes under a deletion, hours for a call. Knows no Rasa."""

import json
import re
from typing import NamedTuple

from sqlalchemy.orm import Session

from bot.casework import (
    callbacks,
    choices,
    disputes,
    guidance,
    links,
    people,
    privacy,
    progress,
    recall_words,
)
from bot.casework.records import OfferedButton, Person
from bot.library import streets, words
from bot.reading import answers, folding, phones, places, shop_names, small_talk

CALL_ME = "/request_callback"
FILE = "/file_complaint"
LOOK_UP = "/query_recall"
HOW_BACK = '/choose_topic{"topic":"recall-logistics"}'
SAME_THING = (
    '/query_recall{"choice":"same"}'  # the words are about the thing that was asked about before
)
POLICE = "110"  # where one is sent with what is a crime
ASK_WORDS = '/ask_rights{"choice":"words"}'
LONGEST_BEFORE = 60  # characters of the question before, where a message goes on with it
LONGEST = 24  # characters of what is told or asked of that thing

_GOES_ON = re.compile(r"(?:那|要是|如果|万一)?.{2,10}(?:呢|(?:也|还)?(?:能|行|可以|算)吗)[?？]?")
_CODE = re.compile(
    r"(?:(?:型号|牌子)(?:上面|写着|应该|好像|就|是|叫|为|[: ])*)?(?:[\u4e00-\u9fff]{2,4} ?)?(?=[^ ]*\d)[A-Za-z][A-Za-z0-9/_.-]{2,20}(?:的|吧|那款|这款)?"
)
_WHICH_MODEL = re.compile(
    r"(?:不知道|不清楚|不记得|没有?|看不清|找不到|忘了)(?:是)?(?:什么|啥|哪个)?型号(?:了|啊|呢)?|型号(?:我)?(?:不知道|不清楚|没有|看不清|找不到|忘了|在哪里?|怎么看|咋看)(?:了|啊|呢|看|吗)?|(?:怎么|咋|去?哪里?|在哪)(?:能)?看(?:什么)?型号(?:啊|呢)?"
)

_STOPS = re.compile(r"[\W_]+")
_CALL = re.compile(
    r"(?:请|麻烦|让?你们|能不能|可以|可不可以|让?工作人员|让?人工|那|就)*(?:给我(?:回个?|打个?|来个?)电话?|打?个?电话(?:打)?给我|打给我|[回来]个?电话?给我|回我个?电话|联系我)(?:吧|吗|一下)?"
)
_WHEN_CALLED = re.compile(
    r"(?:那|请问|你们|您|工作人员|人工|他们)*(?:大概|到底)?(?:什么时候|啥时候?|几点|哪天|多久|多会儿?|怎么还[没不])(?:能|会|才|可以|给我|来)*(?:打(?:个|来|过来)?(?:电话)?|回电话?|来电话?|联系)(?:我|给我|来|过来)*[啊呢吗呀了?？]*"
)
_DELETES_DISPUTE = re.compile(
    r"(?:请|麻烦|帮我?|给我|我想|我要|想|要|把)*(?:(?:删除?掉?|清除|清掉)(?:掉|了)?(?:我的?|刚才的?|那个|这个|之前的?|上次的?|那条|这条)*(?:投诉|纠纷|草稿|投诉记录|投诉材料)"
    r"|(?:我的?|刚才的?|那个|这个|之前的?|上次的?|那条|这条)*(?:投诉|纠纷|草稿|投诉记录|投诉材料)(?:给我|帮我|都)?(?:删除?掉?|清除|清掉)(?:掉|了)?)(?:吧|谢谢|吗|可以吗|行吗)?[。.!?]?"
)
_IS_IT_RECALLED = re.compile(
    r"(?:那|请|帮我|给我|再|先|也)*(?:查查|查一?下|查一查|看看|查)?(?:它|这个|这款|这种|有没有|是不是|是否|有|被|在不在|已经)*召回(?:了|过|信息|名单|里)*(?:吗|没有|没|呢)?[?？。]?"
)
_HOW_BACK = re.compile(
    r"(?:那|我|请问|现在|该|要|应该)*(?:怎么|咋|如何|去?哪里?|找谁|能|可以)(?:退|换|处理|弄|办|退货|退款|召回)(?:掉)?(?:吗|呢|啊|呀)?[?？]?"
)
_REPORTS = re.compile(
    r"(?:那|我|想|要|能|可以|能不能|可不可以|在这儿?|在这里|这里|请问)*举报(?:一个|一家|个|家|下|一下)?(?:商家|店家?|商店|超市|饭店|餐馆|公司|卖家|老板|网店|平台)?(?:行不行|行吗|可以吗|能吗|好吗|可不可以|吗)?[?？。]?"
)
_COMPLAINED = re.compile(
    r"(?:我|之前|以前|上次|上回|曾经|已经|前几天|上个?月|去年)*投诉过(?!没用)[^,。不没吗?？]{0,8}(?:了)?"
)
_TREATED = re.compile(
    r"(?:已经|刚刚?|都|现在|孩子|大?人|我|我们|带[他她它]|[他她]|在|去|到|送|看)*(?:医院|诊所|卫生院|急诊|门诊)[^,。?？吗收]{0,8}(?:了|过|呢|完|好)?|(?:已经|都|就)*(?:包扎|打针|打了破伤风|上了?药|处理|缝针?)(?:好|过|完)?了"
)
_ADDS = re.compile(
    r"(?:我|还|想|要|需要|得|再|能|可以|怎么|在哪|给|把)*补充(?!道|剂)(?:一下|下|点|些|一点|几句|材料|情况|证据|照片|说明|内容|一个|两点|[,， ]|$)"
)
_UNNAMED = re.compile(
    r"(?:那|我|我想|我要|想|要|必须|就|能不能|能|可以|可不可以|是不是|不)*(?:匿名|实名|不?(?:留|写|填|报|露|说)(?:我的)?(?:姓?名字?|电话|手机号?|联系方式))(?:举报|的|吗|行吗|可以吗|吧|呢)*[。.!?]?"
)
_SETTLES = re.compile(
    r"(?:那|现在|刚才|今天|但是?)?(?:这个|那个|这家|那家)?(?:商家|老板|店家|卖家|店里|店员|超市|客服|平台|对方|他们?|人家)(?:那边)?"
    r"(?:说|打电话|来电话|联系我|又|主动|终于|现在|[, ])*(?:想|要|愿意?|答应|同意|肯|提出|提|可以|能|只能?|跟我|和我|给我|给|先)*"
    r"(?:和解|私了|协商|商量|调解|谈谈?|谈一谈|(?:退|赔|补偿?)(?:给?我)?(?:一半|一部分|一点|全款|全额|[0-9]{1,6}(?:元|块钱?)?|钱)?|换(?:一台|一个|新的?)?|修(?:一下|好)?)(?:了|吧)?"
)
_IS_DONE = re.compile("[^要想愿答\n同肯提说]*了")  # 「商家退钱了」 offers nothing any more
_TAKES_BACK = re.compile(
    r"(?:那|我|我同意了?|谈好了?|说好了?|想|要|该|现在|[, ])*(?:怎么|咋|如何|在哪里?|能不能|能|可以)(?:把)?(?:投诉)?(?:撤回?|撤销|撤掉|撤诉|取消)(?:投诉|掉)?(?:吗|呢|啊|呀)?[?？]?"
)
_TOLD_POLICE = re.compile(
    r"(?:已经|刚刚?|早就|昨天|今天|我|都|去|到|也|派出所|公安局|[, ])*(?:报警|报案|报过警|报了警|(?:警察|公安|派出所)(?:来|立案|受理|登记)?)(?:过|了|完|好){0,2}"
)
_NEVER_MIND = re.compile(
    r"(?:那|哦|唉|嗯|还是|就|[, ])*(?:算了|不用了|不弄了|不问了|先这样)(?:吧|谢谢|哈|[, ]){0,3}"
)
_OFFICE = re.compile(
    r"(?:那|请问|问下|问一下|你们|您们?|咱们|这边|那边|站里?|服务站|维权站|消协|消委会?|市场监管局|市场局|工商局?|办公室|窗口|中心|服务中心|工作人员|人工|的|[,， ])*"
    r"(?:(?P<hours>(?:早上|下午|晚上|每天|一般|都)?(?:几点|什么时候|啥时候?|多会儿?)(?:上班|下班|开门|关门|办公)|(?:上班|办公|工作|服务|接待)时间(?:是|到)?(?:几点|什么时候|多少|啥时候?)?"
    r"|(?:(?:周|星期|礼拜)[^,，。]|节假日|今天|明天|现在|中午|晚上)(?:是(?:不是)?(?:周末|周[^,，。]|节假日|假期)?[,， ]?(?:你们|您们?|咱们)?)?(?:还|也|都)?(?:上班|开门|办公|有人|休息))"
    r"|(?:地址|位置|地点)(?:是|在)*(?:哪里?|哪儿|什么|啥|多少|发我|告诉我)?|(?:具体)?在(?:哪里?|哪儿|什么地方|哪条路|哪个位置)|(?:怎么|咋)(?:去|过去|走|找你们|找过去))"
    r"(?:吗|呢|[啊呀吧?？ ]|一下)*"
)


class Answered(NamedTuple):
    """What Rasa is asked instead of the words; the key of a sentence said before its answer, or alone.

    Such a sentence alone may have buttons: title and payload.
    """

    payload: str | None
    sentence: str | None = None
    buttons: tuple[tuple[str, str], ...] = ()
    words: str | None = None  # what is understood, where that is more than was typed


def answered(session: Session, who: Person, text: str) -> Answered | None:
    """What a message means under the reply that stands above it; None where it means itself.

    A deletion is never done by a word: the list is shown again, and that nothing was deleted yet.
    """
    if answers.is_yes(text) and is_offered(session, who, privacy.payload("delete_sure")):
        return Answered(privacy.payload("delete"), "data_not_deleted_yet")
    if len(text) > LONGEST:
        return None
    return (
        _of_a_call(session, who, text)
        or _of_the_care(session, who, text)
        or _of_the_record(session, who, text)
        or _of_its_recall(text)
        or _of_a_word(text)
        or _of_the_office(text)
        or _of_nothing(session, who, text)
        or _of_the_dispute(session, who, text)
        or _of_the_report(session, who, text)
        or _of_a_shop(session, who, text)
        or _of_the_rule(session, who, text)
        or _of_the_thing(session, who, text)
    )


def _of_a_call(session: Session, who: Person, text: str) -> Answered | None:
    """Hours under the offer of a call, 「打电话给我 明天上午」 at any time, and when one will be called."""
    rest = _CALL.sub("", text, count=1)
    hours = callbacks.hours_in(rest)
    if hours and (rest != text or is_offered(session, who, CALL_ME)):
        return Answered(f'/choose_hours{{"hours":"{hours}"}}')
    if rest != text and not _STOPS.sub("", rest):
        return Answered(CALL_ME)
    if not _WHEN_CALLED.fullmatch(text):
        return None
    if callbacks.waiting(session, who) is not None:
        return Answered("/ask_human")
    return Answered(CALL_ME) if is_offered(session, who, CALL_ME) else None


def _of_the_care(session: Session, who: Person, text: str) -> Answered | None:
    """「已经去医院了」, or that nobody is hurt, where safety came first: what was offered stays offered."""
    is_relief = small_talk.courtesy(text) == "relieved"
    if not (is_relief or _TREATED.fullmatch(text)):
        return None
    buttons = tuple((one.title, one.payload) for one in _offered(session, who))
    if not {FILE, LOOK_UP} <= {payload for _, payload in buttons}:
        return None
    return Answered(None, "care_relieved" if is_relief else "care_treated", buttons)


def _of_the_record(session: Session, who: Person, text: str) -> Answered | None:
    """What the shop offers after it was recorded, and how it is taken back; that the police know of it."""
    if _TOLD_POLICE.fullmatch(text) and any(
        POLICE in row["text"] for row in people.last_replies(session, who)
    ):
        return Answered(None, "police_told")
    offers = _SETTLES.fullmatch(text) and not _IS_DONE.fullmatch(text)
    takes_back = _TAKES_BACK.fullmatch(text)
    if not (offers or takes_back) or not progress.running(session, who):
        return None
    if takes_back:
        return Answered("/withdraw_dispute")
    ways = ("settled", "not_resolved", "withdraw_dispute")
    return Answered(None, "shop_offers", tuple((words(f"after_{way}"), f"/{way}") for way in ways))


def _of_a_word(text: str) -> Answered | None:
    """「我举报一个商家行不行」 and 「我投诉过一个理发店」, which begin no complaint."""
    if _REPORTS.fullmatch(text):
        return Answered("/report_violation")
    return Answered("/query_progress") if _COMPLAINED.fullmatch(text) else None


def _of_the_office(text: str) -> Answered | None:
    """「几点上班」: the duty's hours are told with the way to a person; 「地址在哪」: no address is invented."""
    asked = _OFFICE.fullmatch(text) if len(_STOPS.sub("", text)) >= len("几点上班") else None
    if asked is None:
        return None
    if asked["hours"]:
        return Answered("/ask_human")
    return Answered(None, "office", ((words("call_me"), CALL_ME),))


def _of_nothing(session: Session, who: Person, text: str) -> Answered | None:
    """「算了」, where nothing waits for an answer: else it ends that."""
    waits = callbacks.is_asking(session, who) or _recalls_above(session, who) & set(
        recall_words.ASKS_BACK
    )
    return Answered(None, "never_mind") if _NEVER_MIND.fullmatch(text) and not waits else None


def _of_its_recall(text: str) -> Answered | None:
    """「查查有没有召回」: the thing that was told before, else the one that is asked for."""
    return Answered(LOOK_UP) if _IS_IT_RECALLED.fullmatch(text) else None


def _of_the_dispute(session: Session, who: Person, text: str) -> Answered | None:
    """「删除我的投诉」: of a draft its deletion is offered, what was recorded can be withdrawn, or added to."""
    if _ADDS.match(text):
        running = progress.running(session, who)
        return Answered(choices.payload(running[0], "add")) if running else None
    if not deletes_dispute(text):
        return None
    is_draft = disputes.draft(session, who) is not None
    return Answered("/stop" if is_draft else "/withdraw_dispute")


def deletes_dispute(text: str) -> bool:
    """Whether a whole folded message wants the own complaint deleted."""
    return len(text) <= LONGEST and _DELETES_DISPUTE.fullmatch(text) is not None


def _of_the_report(session: Session, who: Person, text: str) -> Answered | None:
    """「匿名」, or a place, under the way to the page of a report: it is written there."""
    is_unnamed = _UNNAMED.fullmatch(text) is not None
    if not is_unnamed and (answers.is_question(text) or not places.find(text, streets())):
        return None
    buttons = [one for row in people.last_replies(session, who) for one in row.get("buttons", ())]
    ways = [one for one in buttons if one["title"] == words("report_on_page")]
    if not ways:
        return None
    address = ways[0]["url"]
    payload = address if "://" in address else f"{links.HERE}{address}"
    said = "report_unnamed" if is_unnamed else "report_write_there"
    return Answered(None, said, ((ways[0]["title"], payload),))


def _of_a_shop(session: Session, who: Person, text: str) -> Answered | None:
    """A bare name by its last word (老百姓大药房), after what was told: it belongs to that."""
    name = shop_names.shop_in(text, streets())
    if not name or not is_offered(session, who, FILE):
        return None
    told = json.dumps({"choice": "words", "merchant": name}, ensure_ascii=False)
    return Answered(f"/inform{told}")


def _of_the_rule(session: Session, who: Person, text: str) -> Answered | None:
    """「拆封了呢」 after an answer about a rule goes on with the question before."""
    if not _GOES_ON.fullmatch(text):
        return None
    asked = people.last_answered(session, who)
    rows = (people.replies_of(asked) if asked else None) or []
    told = [(row.get("data") or {}).get("guidance", {}) for row in rows]
    is_rule = any(one.get("id") or one.get("choices") for one in told)
    if asked is None or not is_rule:
        return None
    if guidance.choose(text).is_sure:  # a question of its own, whatever it sounds like
        return Answered(ASK_WORDS)
    before, _, _ = phones.redact(folding.plain(asked.text)[:LONGEST_BEFORE])
    return Answered(ASK_WORDS, words=f"{before},{text}")


def _of_the_thing(session: Session, who: Person, text: str) -> Answered | None:
    """A model, a question for it, or whether one may go on using it, after an answer about a recall."""
    asks_which = _WHICH_MODEL.fullmatch(text) is not None
    asks_how = _HOW_BACK.fullmatch(text) is not None
    if not (asks_which or asks_how or _CODE.fullmatch(text) or answers.asks_if_safe(text)):
        return None
    kinds = _recalls_above(session, who)
    if kinds & set(recall_words.ASKS_BACK):  # there Rasa waits for it
        return None
    if asks_how:
        return Answered(HOW_BACK) if kinds & {"covered", "may_be_covered"} else None
    if asks_which:
        return Answered(None, "where_is_the_model")
    return Answered(SAME_THING) if kinds else None


def _recalls_above(session: Session, who: Person) -> set[str]:
    """What kinds of answers about a recall the last reply held."""
    data = (row.get("data") or {} for row in people.last_replies(session, who))
    return {str(one["recall"].get("kind")) for one in data if "recall" in one}


def is_offered(session: Session, who: Person, payload: str) -> bool:
    """Whether the last reply to this person had a button of that payload."""
    return any(one.payload == payload for one in _offered(session, who))


def _offered(session: Session, who: Person) -> list[OfferedButton]:
    """The buttons of the last reply to this person, links left out."""
    rows = people.last_replies(session, who)
    ids = [one["id"] for row in rows for one in row.get("buttons", ()) if one["id"]]
    return [one for one in (session.get(OfferedButton, id_) for id_ in ids) if one is not None]
