"""No pattern runs without end: words that can be read in several ways, said over and over."""

import subprocess
import sys

import pytest

UNITS = (
    "帮我想",
    "我想要",
    "我家里",
    "请问",
    "把我的",
    "没有票",
    "有票",
    "给我",
    "刚新",
    "你们能不能",
    "先交先付让我说快递丢",
)
READERS = (
    "bot.hearing_offers.deletes_dispute",
    "bot.hearing_privacy.asked",
    "bot.casework.things_asked.asked",
    "bot.casework.things_asked.called",
    "bot.casework.things_asked.one_to_delete",
    "bot.reading.proofs.is_about",
    "bot.reading.small_talk.courtesy",
    "bot.reading.standings.read",
    "bot.reading.answers.is_stop",
    "bot.reading.answers.corrected_field",
    "bot.reading.demands.answered",
    "bot.reading.shop_names.called",
    "bot.reading.scams.is_scam",
)
SECONDS = 60  # a pattern that runs away takes longer than anybody waits


@pytest.mark.parametrize("reader", READERS)
def test_a_message_that_repeats_itself_is_read_to_its_end(reader: str) -> None:
    module, name = reader.rsplit(".", 1)
    code = f"from {module} import {name}\nfor unit in {UNITS}: {name}((unit * 700)[:2000])"
    subprocess.run([sys.executable, "-c", code], timeout=SECONDS, check=True)
