"""UNDERSTANDING: marks what patterns read better than learning: sums, days, platforms, demands, places."""

import datetime
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.reading import amounts, dates, demands, models, places, platforms
from nlu.components import spans
from nlu.components.spans import Span

READ_BY_PATTERN = ("amount", "date", "platform", "demand")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ValueReader(GraphComponent):
    """Puts the spans that `bot.reading` finds in the place of the learned ones of the same kind.

    Sums, days, platforms and demands are read by pattern alone; places and models are added where
    the learned extractor marked nothing there. Words that are surely none of ours are not marked:
    nothing of them goes into a file. About 0.5 ms for a sentence.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the streets stand; how sure an intent must be to count as none of ours."""
        return {"district_path": "bot/library/district.yml", "elsewhere_at_least": 0.5}

    def __init__(self, config: dict[str, Any]) -> None:
        self._elsewhere_at_least = float(config["elsewhere_at_least"])
        with open(config["district_path"], encoding="utf-8") as file:
            rows = yaml.safe_load(file)["streets"]
        self._streets = {row["name"]: row.get("aliases", []) for row in rows}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ValueReader":
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages, with their entities completed."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                learned = message.get(ENTITIES, [])
                found = [] if self._is_elsewhere(message) else self._entities(text, learned)
                message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _is_elsewhere(self, message: Message) -> bool:
        intent = message.get(INTENT) or {}
        is_sure = intent.get("confidence", 0.0) >= self._elsewhere_at_least
        return is_sure and intent.get("name") in spans.NAMELESS

    def _entities(self, text: str, learned: list[dict[str, Any]]) -> list[dict[str, Any]]:
        read = self._spans(text)
        sure = [span for span in read if span[0] in READ_BY_PATTERN]
        kept = [
            entity
            for entity in learned
            if entity["entity"] not in READ_BY_PATTERN
            and not spans.meets(entity["start"], entity["end"], sure)
        ]
        taken = sure + [(e["entity"], e["start"], e["end"]) for e in kept]
        added = [s for s in read if s not in sure and not spans.meets(*s[1:], taken)]
        found = kept + [_entity(text, *span) for span in sure + added]
        return sorted(found, key=lambda entity: entity["start"])

    def _spans(self, text: str) -> list[Span]:
        today = datetime.date.today()
        return (
            [("amount", a.start, a.end) for a in amounts.find(text)]
            + [("date", d.start, d.end) for d in dates.find(text, today)]
            + [("platform", p.start, p.end) for p in platforms.find(text)]
            + [("demand", d.start, d.end) for d in demands.spelled(text)]
            + self._places(text)
            + [("model", m.start, m.end) for m in models.find(text) if not m.is_spec]
        )

    def _places(self, text: str) -> list[Span]:
        """The places that the matter may be about; a town before a firm's name is the firm's."""
        found = [("location", p.start, p.end) for p in places.find(text, self._streets)]
        return [spans.town_firm(text, one) for one in found if not spans.is_aside(text, one)]


def _entity(text: str, kind: str, start: int, end: int) -> dict[str, Any]:
    return {
        "entity": kind, "value": text[start:end], "start": start, "end": end,
        "extractor": "ValueReader",
    }  # fmt: skip
