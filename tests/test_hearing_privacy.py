"""Who asks for their own data here, and who speaks of a shop's: a table of relatives."""

import pytest

from bot.hearing_privacy import asked, keeps_contact

DELETE = [
    "删除我的个人信息", "把我的信息都删了", "注销", "把我留的手机号删掉", "我不想让你们存我的资料，清掉吧",
    "注销我的信息", "请删除我的信息。", "我要删除个人信息", "我想注销账号", "麻烦把我的电话删了吧", "能不能删除我的资料",
    "怎么删除我的个人信息？", "我的信息请删除", "我的个人信息能删吗", "别再保存我的信息了", "不要存我的手机号",
    "我要求你们删除我的个人信息", "删掉我之前留的联系方式", "将我的数据全部清除", "我不同意你们保留我的个人信息",
    "请你们把我的身份证号删除", "删除我的信息，多久能删完", "清空我的所有数据", "可以帮我把我的地址删掉吗",
]  # fmt: skip
EXPORT = [
    "导出我的数据", "下载我的个人信息", "我要导出我的信息", "把我的数据导出来", "我的数据能导出吗", "复制一份我的个人信息",
    "给我一份我的资料", "我想要一份我的个人数据副本",
]  # fmt: skip
TELL = [
    "你们存了我哪些信息", "你们保存了我什么", "你们都有我哪些资料？", "请问你们收集了我哪些个人信息", "查看我的个人信息",
    "我的个人信息", "你们存了哪些我的信息", "我的信息你们会保存多久", "看看我的资料", "这里存了我什么信息",
]  # fmt: skip
NOT_OURS = [
    # of a draft or a dispute
    "删除草稿", "删掉这条草稿", "删除我的投诉", "把我的投诉记录删了", "撤回投诉", "不投诉了",
    # of a shop, whoever is named
    "个人信息泄露怎么办", "商家泄露我的个人信息", "能不能让他们删除我的信息", "让盒马删除我的个人信息", "要求删除我的信息",
    "要求商家删除我的个人信息", "平台不给注销账号", "注销账号后余额不退", "注销会员卡不退钱", "店里存了我的身份证",
    "美团存了我哪些信息", "他们收集了我哪些信息", "公司把我的资料卖了", "商家不删除我的信息", "健身房不肯删我的资料",
    "叫她删除我的照片和信息", "酒店登记了我的身份证号", "我的账号注销了押金没退", "驾校把我的电话给了别人",
    # what happened to somebody
    "我的信息被删了", "我把聊天记录删了", "我的聊天记录删了怎么办", "我把手机号删了", "不小心删除我的资料了怎么找回",
    "我的手机删了照片", "我的手机坏了", "我的电话打不通", "我的地址填错了", "我的信息填错了",
    # the opposite, or nothing of the kind
    "不要删除我的信息", "先不删", "别删我的资料", "不删除我的信息", "删除", "导出", "下载", "信息", "个人信息",
    "我要投诉", "查一下手机有没有召回", "我买的手机有什么问题", "你们有什么用", "你们有电话吗", "你们的电话是多少", "我的电话13800000000",
    "下载我的投诉材料", "我的手机多久能修好", "", "。。。",
]  # fmt: skip


@pytest.mark.parametrize("text", DELETE)
def test_deletion_is_asked(text: str) -> None:
    assert asked(text) == "delete"


@pytest.mark.parametrize("text", EXPORT)
def test_a_copy_is_asked(text: str) -> None:
    assert asked(text) == "export"


@pytest.mark.parametrize("text", TELL)
def test_what_is_kept_is_asked(text: str) -> None:
    assert asked(text) == "tell"


@pytest.mark.parametrize("text", NOT_OURS)
def test_other_matters_are_left_to_the_talk(text: str) -> None:
    assert asked(text) is None


def test_a_story_is_never_taken() -> None:
    words = "删除我的个人信息"
    assert asked(words + "，谢谢你们") == "delete"
    assert asked("我去年在那边办过一张卡现在不想去了也联系不上人请问我该如何处理" + words) is None
    assert asked(words + "，因为我去年在那边办过一张卡现在不想去了也联系不上人") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("不想留电话", True), ("我不想留手机号", True), ("别留电话了", True), ("不方便提供联系方式", True), ("不想说名字", True),
     ("先不填手机号", True), ("我的电话不想给你们", False), ("商家不给电话", False), ("不给我电话", False), ("不留", False),
     ("他不肯留电话", False), ("不想说了", False), ("电话打不通", False), ("", False)],
)  # fmt: skip
def test_who_gives_no_contact_says_so_of_their_own(text: str, expected: bool) -> None:
    assert keeps_contact(text) is expected
