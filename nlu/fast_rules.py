"""DIALOGUE: frees Rasa's rules and its memory of talks of what wastes a turn. An adaptation of 3.6.21 only."""

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.events import Event
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from nlu import rasa_version

State = dict[str, Any]

_stock_keys = RulePolicy._get_possible_keys
_stock_rules = RulePolicy._find_action_from_rules
_stock_type = Event.resolve_by_type


def possible_keys(policy: RulePolicy, lookup: Mapping[str, str], states: list[State]) -> set[str]:
    """The rules that fit so far, asked only of those whose last step follows what was done last.

    Stock asks each rule at each step of the talk.
    """
    last = states[-1].get(PREVIOUS_ACTION, {}).get(ACTION_NAME) if states else None
    fitting = {key: lookup[key] for key in lookup if _follows(key) in (last, None)}
    return set(_stock_keys(policy, fitting, states)) if fitting else set()


@functools.lru_cache(maxsize=4096)
def _follows(rule: str) -> str | None:
    """What a rule's last step follows; None where it is not said by name."""
    action = json.loads(rule)[-1].get(PREVIOUS_ACTION) or {}
    return action.get(ACTION_NAME)


def from_rules(
    policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool
) -> Any:
    """The rule for the next action. Stock looks twice after each message, first for rules of its very words."""
    if use_text_for_last_user_input and not any(map(_fits_without_intent, _all_rules(policy))):
        return None, None, False
    return _stock_rules(policy, tracker, domain, use_text_for_last_user_input)


def _all_rules(policy: RulePolicy) -> Iterator[str]:
    for rules in policy.lookup.values():
        yield from rules if isinstance(rules, dict) else ()


@functools.lru_cache(maxsize=4096)
def _fits_without_intent(rule: str) -> bool:
    """Whether the rule may apply right after a message whose intent is not looked at."""
    return _follows(rule) in (ACTION_LISTEN_NAME, None) and INTENT not in json.loads(rule)[-1].get(
        USER, {}
    )


@functools.lru_cache(maxsize=256)
def event_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """The class of an event, which stock looks for among all classes at each event of each talk."""
    return _stock_type(type_name, default)  # type: ignore[no-any-return]


def install() -> None:
    """Put these in place. Raises WrongRasa on any other version of Rasa."""
    rasa_version.require("nlu/fast_rules.py")
    RulePolicy._get_possible_keys = possible_keys
    RulePolicy._find_action_from_rules = from_rules
    Event.resolve_by_type = staticmethod(event_type)
