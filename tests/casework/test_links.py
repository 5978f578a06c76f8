"""Signed links: what is altered, too old or meant for something else opens nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.casework import links

KEY, PERSON = "a key for tests only", "0123456789abcdef0123456789abcdef"
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def test_a_token_names_its_person() -> None:
    token = links.token(KEY, "contact", PERSON)
    assert links.read(KEY, "contact", token, 60) == PERSON


def test_a_token_fits_an_address_as_it_stands() -> None:
    token = links.token(KEY, "contact", PERSON)
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in token)
    assert len(token) < 160


@pytest.mark.parametrize("purpose", ["", "Contact", "shop", "contact "])
def test_a_token_for_one_purpose_is_none_for_another(purpose: str) -> None:
    with pytest.raises(links.Invalid) as refusal:
        links.read(KEY, purpose, links.token(KEY, "contact", PERSON), 60)
    assert not isinstance(refusal.value, links.Expired)


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(links.Invalid):
        links.read("another key", "contact", links.token(KEY, "contact", PERSON), 60)


def test_no_letter_of_a_token_can_be_changed() -> None:
    token = links.token(KEY, "contact", PERSON)
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        altered = token[:place] + other + token[place + 1 :]
        try:
            found = links.read(KEY, "contact", altered, 60)
        except links.Invalid:
            continue
        # The last letter of a base64 piece carries bits that mean nothing.
        assert place == len(token) - 1 and found == PERSON


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "中文", "\x00", "A" * 5000, "a.b.c.d"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(links.Invalid):
        links.read(KEY, "contact", token, 60)


def test_a_token_that_names_no_person_is_refused() -> None:
    token = links._signer(KEY, "contact").dumps({"person": PERSON})
    with pytest.raises(links.Invalid):
        links.read(KEY, "contact", str(token), 60)


@pytest.mark.parametrize(
    ("age", "is_good"),
    [
        (timedelta(0), True), (timedelta(days=3), True), (timedelta(days=3, seconds=2), False),
        # The clock was ahead when it was made, and has been put right since.
        (timedelta(seconds=-1), True), (timedelta(hours=-1), True), (timedelta(days=-1), True),
    ],
)  # fmt: skip
def test_a_link_is_good_for_three_days(age: timedelta, is_good: bool) -> None:
    with time_machine.travel(START, tick=False):
        token = links.token(KEY, links.CONTACT, PERSON)
    with time_machine.travel(START + age, tick=False):
        if is_good:
            assert links.read(KEY, links.CONTACT, token, links.CONTACT_SECONDS) == PERSON
        else:
            with pytest.raises(links.Expired):
                links.read(KEY, links.CONTACT, token, links.CONTACT_SECONDS)


@pytest.mark.parametrize("public", ["https://weiquan.example", "https://weiquan.example/"])
def test_the_address_of_a_persons_page(public: str) -> None:
    url = links.contact_url(public, KEY, PERSON)
    start, token = url.split("/mine/")
    assert start == "https://weiquan.example"
    assert links.read(KEY, links.CONTACT, token, links.CONTACT_SECONDS) == PERSON


def test_a_digest_knows_again_and_tells_no_name() -> None:
    known = links.digest(KEY, "reporter", PERSON)
    assert known == links.digest(KEY, "reporter", PERSON) and len(known) == 64
    others = [(KEY, "form", PERSON), ("another key", "reporter", PERSON), (KEY, "reporter", "x")]
    assert known not in {links.digest(*other) for other in others} and PERSON not in known
