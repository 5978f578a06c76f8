"""What Rasa is asked is as long in small letters: its places in the text would else lie outside of it."""

import sys

import pytest

from bot import hearing
from bot.reading import folding
from tests import hostile


def test_no_character_grows_in_small_letters() -> None:
    for place in range(sys.maxunicode + 1):
        text = hearing.of_one_length(chr(place))
        assert len(text) == 1 == len(text.lower()), hex(place)


@pytest.mark.parametrize(
    "text", ["\u0131 \u0130 \u00df \u0149", "\u0130" * 50, *hostile.WORDS.values()]
)
def test_a_text_does_not_either(text: str) -> None:
    asked = hearing.of_one_length(folding.plain(text))
    assert len(asked) == len(asked.lower())
