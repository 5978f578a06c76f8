"""UNDERSTANDING: whether an intent is sure enough to act on. Knows no dialogue."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.reading import moments
from nlu.components.spans import NAMELESS

HURT, COMPLAINS = "report_injury", "file_complaint"
LONG = 60  # characters of a story: in a shorter message no harm is hidden, and less is lost
UNSURE = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Doubt(GraphComponent, IntentClassifier):
    """Puts `nlu_fallback` first where the likeliest intent is unlikely, or close to another one.

    Rasa's FallbackClassifier counts any two close intents; here only those between which a citizen
    can choose by a button, and not the pairs whose confusion costs nothing. The ranking is left as
    it was but for the new first row: the action offers the close ones from it.

    An injury is put first from a lower chance on, and at any chance in a long complaint whose words tell
    of one, which the rest may bury: to ask after one who is well costs a sentence, to pass over one who
    is hurt costs more. And a long story that is nearly as likely a complaint as nobody's is a complaint:
    the form says what belongs to another office, and who is sent away has told it in vain.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Lowest confidence; how near the second is too near; between which intents one can choose;
        pairs of them that need no question; intents that go first from a confidence of their own; how
        much likelier nobody's must be than a complaint in a long story."""
        return {
            "threshold": 0.2, "margin": 0.05, "choices": [], "harmless": [], "rather": {}, "at_length": 0.0,
        }  # fmt: skip

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Doubt":
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages, the unsure ones with `nlu_fallback` as intent."""
        for message in messages:
            ranking = message.get("intent_ranking") or []
            text = message.get(TEXT) or ""
            first = (
                self._rather(ranking)
                or self._buried(ranking, text)
                or self._at_length(ranking, text)
            )
            if not first and ranking and self._is_unsure(ranking):
                first = {"name": UNSURE, "confidence": 1.0 - ranking[0]["confidence"]}
            if first:
                others = [row for row in ranking if row is not first]
                message.set(INTENT, first, add_to_output=True)
                message.set("intent_ranking", [first, *others], add_to_output=True)
        return messages

    def _rather(self, ranking: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The row of an intent that goes first although another is likelier or nearly as likely."""
        for row in ranking:
            if row["confidence"] >= self._config["rather"].get(row["name"], 2.0):
                return row
        return None

    def _buried(self, ranking: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
        """The row of an injury where the text tells of one and a complaint is the likeliest."""
        is_story = bool(ranking) and ranking[0]["name"] == COMPLAINS and len(text) >= LONG
        if not is_story or not moments.is_injury(text):
            return None
        return next((row for row in ranking if row["name"] == HURT), None)

    def _at_length(self, ranking: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
        """The row of a complaint that is a long story and nearly as likely as what is nobody's."""
        if len(text) < LONG or not ranking or ranking[0]["name"] not in NAMELESS:
            return None
        least = ranking[0]["confidence"] - self._config["at_length"]
        near = (row for row in ranking if row["name"] == COMPLAINS and row["confidence"] > least)
        return next(near, None)

    def _is_unsure(self, ranking: list[dict[str, Any]]) -> bool:
        first, second = ranking[0], ranking[1]
        if first["confidence"] < self._config["threshold"]:
            return True
        pair = {first["name"], second["name"]}
        is_choice = pair <= set(self._config["choices"])
        is_close = first["confidence"] - second["confidence"] < self._config["margin"]
        return is_choice and is_close and pair not in [set(p) for p in self._config["harmless"]]
