"""UNDERSTANDING: frees Rasa's graph of what wastes a turn. An adaptation of 3.6.21 and of no other version."""

import functools
from graphlib import TopologicalSorter
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu import rasa_version

_understood = MessageProcessor._parse_message_with_graph


def run(
    runner: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """Run what the targets need, one node after the other.

    Stock copies the schema and lets dask plan the same plan anew in each run, several times a turn.
    Raises what a node raises.
    """
    wanted = tuple(targets or runner._graph_schema.target_names)
    given = {name: (name, value) for name, value in (inputs or {}).items()}
    done: dict[str, Any] = dict(given)
    for name in _order(runner, wanted):
        if name not in given:
            needs = runner._graph_schema.nodes[name].needs.values()
            done[name] = runner._instantiated_nodes[name](*(done.get(one, one) for one in needs))
    return dict(done[name] for name in wanted)


def _order(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> list[str]:
    """The nodes that the wanted ones need, each after its own needs; reckoned once for a runner."""
    orders = runner.__dict__.setdefault("_orders", {})
    if wanted not in orders:
        schema: GraphSchema = runner._graph_schema.minimal_graph_schema(list(wanted))
        needs = {name: set(node.needs.values()) for name, node in schema.nodes.items()}
        orders[wanted] = [one for one in TopologicalSorter(needs).static_order() if one in needs]
    return list(orders[wanted])


def parse(
    processor: MessageProcessor, message: UserMessage, tracker: DialogueStateTracker,
    only_output_properties: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """What a message means; of a button's payload, which carries its meaning, nothing is guessed.

    Stock lets the whole pipeline read `/affirm`, and throws away what it found.
    """
    if (message.text or "").strip().startswith(INTENT_MESSAGE_PREFIX):
        before = Message({TEXT: message.text})
        (told,) = _handler().process([before], processor.domain)
        if told is not before:  # else it only begins like a payload
            found = told.as_dict(only_output_properties=only_output_properties)
            return {TEXT: "", INTENT: {"name": None, "confidence": 0.0}, ENTITIES: [], **found}
    return dict(_understood(processor, message, tracker, only_output_properties))


@functools.cache
def _handler() -> RegexMessageHandler:
    return RegexMessageHandler()


def install() -> None:
    """Put these in place. Raises WrongRasa on any other version of Rasa."""
    rasa_version.require("nlu/fast_graph.py")
    DaskGraphRunner.run = run
    MessageProcessor._parse_message_with_graph = parse
