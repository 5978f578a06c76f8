"""Model-like strings, and the form in which two ways of writing one are equal."""

import pytest

from bot.reading import models

MODELS = (
    ("充电宝PAC20-272", "PAC20-272"), ("KFR-35GW/BP3空调", "KFR-35GW/BP3"), ("A1647", "A1647"),
    ("TDT1010Z电动车", "TDT1010Z"), ("16-01型", "16-01型"), ("oppo r11t", "r11t"),
    ("oppor11", "r11"), ("iPhone15", "iPhone15"), ("iPhone 15 Pro Max", "iPhone 15 Pro Max"),
    ("vivo x20", "x20"), ("uc-7502", "uc-7502"), ("JKT-S10C", "JKT-S10C"),
    ("型号是1232-14", "1232-14"), ("airpodspro", "airpodspro"), ("A6手机", "A6"),
    ("小米14屏幕", "小米14"), ("苹果7召回", "7"), ("苹果 13pro max屏碎了", "13pro max"), ("R17", "R17"),
)  # fmt: skip
NOT_MODELS = (
    "4S店", "5G手机", "3C认证", "花了2k", "45O元", "RMB350", "7月I3日", "2023年", "C1驾照",
    "13800000000", "G123次", "www.abc123.com", "QQ12345", "2020-02-06", "12.25", "退款",
    "苹果7块一斤", "苹果10个烂8个", "苹果5.5一斤", "买了苹果20斤", "苹果3天就坏",
)  # fmt: skip
KEYS = (
    ("KFR-35GW/BP3", "kfr 35gw bp3"), ("JKT-S1OC", "JKT-S10C"), ("1232—14", "1232-14"),
    ("16-01型", "16-01"), ("PAC20·272", "pac20_272"), ("ＵＣ７５０２", "uc-7502"), ("A1I3", "A113"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "span"), MODELS)
def test_a_model_is_found(text: str, span: str) -> None:
    (model,) = models.find(text)
    assert (model.text, model.is_spec) == (span, False)
    assert text[model.start : model.end] == span


@pytest.mark.parametrize("text", ["48V20Ah", "128G", "500ml", "2.4GHz", "5W"])
def test_a_size_or_power_is_a_spec(text: str) -> None:
    (model,) = models.find(text)
    assert model.is_spec


@pytest.mark.parametrize("text", NOT_MODELS)
def test_sums_days_and_phones_are_no_models(text: str) -> None:
    assert models.find(text) == []


@pytest.mark.parametrize(("one", "other"), KEYS)
def test_two_ways_of_writing_a_model_have_one_key(one: str, other: str) -> None:
    assert models.key(one) == models.key(other)


def test_different_models_have_different_keys() -> None:
    assert models.key("PAC20-272") != models.key("PAC20-273")
