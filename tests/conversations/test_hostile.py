"""Hostile messages to the whole product, many talks at once: a smaller form of `make hostile`."""

import re

from bench import hostile
from bench.hostile_words import messages
from bench.stack import Stack
from tests import aside
from tests.conversations.product import served

COUNT, CHATS = 200, 4


def test_hostile_messages_are_all_answered_and_nothing_breaks(running: Stack) -> None:
    before = len(hostile.logged(running.folder))
    with served(running.settings) as url:
        tally = aside.run(hostile.attack(url, messages(COUNT), CHATS), seconds=240)
    told = tally.result()
    assert not tally.problems, tally.problems
    assert told["answered"] + told["refused"] + told["late"] == told["sent"] > COUNT
    assert hostile.logged(running.folder)[before:] == []


def test_what_was_meant_to_break_something_is_among_the_messages() -> None:
    texts = messages(COUNT)
    assert texts == messages(COUNT) and len(texts) == COUNT and len(set(texts)) > COUNT * 0.8
    for sign in (
        "[\ud800-\udfff]",
        "\u200d",
        "[\uff61-\uff9f]",
        r"^.?[/／]\w+",
        "[\x00-\x08]",
        "\u202e",
    ):
        assert any(re.search(sign, text) for text in texts), ascii(sign)
    assert max(map(len, texts)) >= 10_000
