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
