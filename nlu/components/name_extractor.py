"""UNDERSTANDING: marks the names in a message: shops, products, brands, models, places."""

import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.reading import platforms
from nlu.components import cores, district_tokenizer, main_names, name_features, name_taggers, spans
from nlu.components.name_taggers import NameTaggers
from nlu.components.spans import Span
from nlu.components.word_tagger import WordTagger

_YEAR = re.compile("(?:19|20)?[0-9]{2}年?款")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class NameExtractor(GraphComponent, EntityExtractorMixin):
    """Conditional random fields over characters (name_taggers.py), about 4 ms for a sentence.

    Rasa's CRFEntityExtractor marks whole tokens, and jieba cuts an unknown shop's name anywhere.
    Here jieba's words, LAC's tags, the dictionary and the patterns are features of characters.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """L1 and L2 regularisation, rounds of training, how often a feature must be seen to count; the
        folder of dictionaries; intents whose examples are not learned from; how likely a shop's name
        must be to be marked, and where one buys in it; how likely a brand; how likely a product where no
        other one is marked."""
        return {
            "c1": 0.05, "c2": 0.05, "rounds": 50, "seen_at_least": 1,
            "dictionary_path": "nlu/dictionary",
            "not_from": list(spans.NAMELESS),
            "merchant_at_least": 0.5, "led_at_least": 0.25, "brand_at_least": 0.2, "product_at_least": 0.1,
        }  # fmt: skip

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn_crfsuite", "onnxruntime"]

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        # Rasa may take the tokenizer from its cache: then nobody else has told jieba of our words.
        district_tokenizer.learn(config["dictionary_path"])
        self._word_tagger = WordTagger()
        self._lists = dictionary(Path(config["dictionary_path"]))
        self._taggers = NameTaggers(())

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The dictionary's content, so that an edited word retrains the names."""
        return district_tokenizer.fingerprint(config.get("dictionary_path"))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NameExtractor":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples of the intents that have names; those without a name too."""
        named = [
            example
            for example in training_data.nlu_examples
            if example.get(TEXT) and example.get(INTENT) not in self._config["not_from"]
        ]
        # Rasa's order of the examples differs from process to process, and the names with it.
        named.sort(key=_text)
        examples = cores.each(lambda number: self._learned(named[number]), len(named))
        params = {
            "c1": self._config["c1"], "c2": self._config["c2"],
            "max_iterations": self._config["rounds"], "feature.possible_transitions": True,
            "feature.minfreq": self._config["seen_at_least"],
        }  # fmt: skip
        with self._storage.write_to(self._resource) as folder:
            name_taggers.train([one for one in examples if one[0]], folder, **params)
        return self._resource

    def _learned(self, example: Message) -> tuple[list[str], list[Span]]:
        text, found = spans.folded(example.get(TEXT), example.get(ENTITIES, []))
        shown = self._features(text, spans.read(text))
        return [name_taggers.BETWEEN.join(one) for one in shown], spans.repeated(text, found)

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with the names found in them."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = [self._entity(text, *span) for span in self._find(text)]
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NameExtractor":
        made = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            made._taggers = NameTaggers.load(folder)
        return made

    def _find(self, text: str) -> list[Span]:
        values = spans.read(text)
        tagged = spans.plausible(text, self._taggers.read(self._features(text, values)), values)
        marked = [
            span for span in tagged if self._is_sure(*span) and not spans.is_aside(text, span)
        ]
        marked += self._likely("brand", text, marked)
        found = spans.apart([spans.whole_shop(text, spans.town_firm(text, s)) for s in marked])
        elsewhere = bool(platforms.find(text))
        found = main_names.main_names(text, found, elsewhere)
        if not any(kind == "merchant" for kind, _, _ in found):
            shop = main_names.main_names(text, self._unmarked_shop(text, found), elsewhere)
            found = spans.apart([*shop, *found])  # what was marked inside of it is dropped
        if not any(kind == "product" for kind, _, _ in found):
            listed = self._listed(text, found, "products", "product")
            likeliest = listed or self._likeliest_product(text, found)
            found += likeliest or [
                s for s in spans.bought_thing(text) if not spans.meets(*s[1:], found)
            ]
        found = self._with_series(text, found)
        return [part for span in sorted(found, key=_start) for part in self._parted(text, span)]

    def _with_series(self, text: str, found: list[Span]) -> list[Span]:
        """The names, with a series of the dictionary where no model is marked.

        A year (10款) is a model only where there is no other one.
        """
        models = [span for span in found if span[0] == "model"]
        years = [span for span in models if _YEAR.fullmatch(text, span[1], span[2])]
        series = [] if len(years) < len(models) else self._listed(text, found, "series", "model")
        is_named = series or len(years) < len(models)
        return [span for span in found if not is_named or span not in years] + series

    def _parted(self, text: str, span: Span) -> list[Span]:
        """A product that begins with a brand of the dictionary is the two of them (蒙牛|牛奶)."""
        kind, start, end = span
        words = district_tokenizer.cut(text[start:end].lower())
        if kind != "product" or len(words) < 2 or self._lists.get(words[0][0]) != "brands":
            return [span]
        return [("brand", start, start + words[1][1]), ("product", start + words[1][1], end)]

    def _unmarked_shop(self, text: str, found: list[Span]) -> list[Span]:
        """The shop of a text in which none is marked, or none."""
        return (
            [("merchant", *span) for span in platforms.in_town(text)[:1]]
            or self._known_shop(text, found)
            or spans.placed_shop(text, found)
            or spans.called_shop(text)
            or self._led_shop(text, found)
        )

    def _known_shop(self, text: str, found: list[Span]) -> list[Span]:
        """The first shop of the dictionary that follows a place or 在, 去, 从, 找, 投诉."""
        for word, start in district_tokenizer.cut(text.lower()):
            before = text[:start].rstrip(" ,，")
            placed = any(kind == "location" and end == len(before) for kind, _, end in found)
            led = before.endswith(("在", "去", "从", "找", "投诉"))
            if self._lists.get(word) == "shops" and (placed or led):
                return [("merchant", start, start + len(word))]
        return []

    def _led_shop(self, text: str, found: list[Span]) -> list[Span]:
        """The first shop that is less sure by itself, but where one stands and buys."""
        others = [span for span in found if span[0] not in ("product", "brand")]
        likely = self._likely("merchant", text, others, "led")
        led = [span for span in likely if spans.is_led(text, span, found)]
        return [spans.whole_shop(text, span) for span in led[:1]]

    def _listed(self, text: str, found: list[Span], file: str, kind: str) -> list[Span]:
        """The first word of a file of the dictionary that is not marked yet, as a name of the kind."""
        words = district_tokenizer.cut(text.lower())
        listed = [(kind, at, at + len(w)) for w, at in words if self._lists.get(w) == file]
        free = [one for one in listed if not spans.meets(*one[1:], found)]
        return main_names.things(text, free)[:1]

    def _is_sure(self, kind: str, start: int, end: int) -> bool:
        if kind != "merchant":
            return True
        return self._chance(kind, start, end) >= float(self._config["merchant_at_least"])

    def _likeliest_product(self, text: str, found: list[Span]) -> list[Span]:
        """A complaint is mostly about a thing: the likeliest one is better than none."""
        likely = main_names.things(text, self._likely("product", text, found))
        long = [span for span in likely if span[2] - span[1] > 1]
        return sorted(long, key=lambda one: self._chance(*one))[-1:]

    def _likely(self, kind: str, text: str, found: list[Span], least_of: str = "") -> list[Span]:
        """The spans of the kind that are likely enough and meet nothing that is marked."""
        least = float(self._config[f"{least_of or kind}_at_least"])
        is_likely = [self._taggers.chance(kind, at) >= least for at in range(len(text))]
        likely = spans.marked([f"I-{kind}" if one else "O" for one in is_likely])
        return [span for span in likely if not spans.meets(*span[1:], found)]

    def _chance(self, kind: str, start: int, end: int) -> float:
        """How likely each character of a span belongs to a name of the kind, on average."""
        return sum(self._taggers.chance(kind, at) for at in range(start, end)) / (end - start)

    def _features(self, text: str, values: list[str]) -> list[name_features.Features]:
        words = [word for word, _ in district_tokenizer.cut(text.lower())]
        tags = self._word_tagger.tags(text)
        return name_features.features(text, words, tags, values, self._lists)

    def _entity(self, text: str, kind: str, start: int, end: int) -> dict[str, Any]:
        return {
            "entity": kind, "value": text[start:end], "start": start, "end": end,
            "extractor": "NameExtractor",
        }  # fmt: skip


def _text(example: Message) -> str:
    return str(example.get(TEXT) or "")


def _start(span: Span) -> int:
    return span[1]


def dictionary(folder: Path) -> dict[str, str]:
    """For each word of the dictionary the name of its file: brands, places, products, series, shops or trade."""
    return {
        line.split()[0].lower(): path.stem
        for path in sorted(folder.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.split()
    }
