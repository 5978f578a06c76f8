"""How text, personal data and moments lie in the records: plain, sealed, in UTC. Knows no key's origin."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import DateTime, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

_keys: list[MultiFernet] = []
_newest: list[Fernet] = []
_raw: list[bytes] = []


class Unreadable(ValueError):
    """Bytes that none of the keys opens."""


def unlock(keys: Sequence[bytes]) -> None:
    """Put the Fernet keys in place, newest first: the first seals, any opens. Once a process."""
    opened = [Fernet(key) for key in keys]
    _keys[:], _newest[:], _raw[:] = [MultiFernet(opened)], opened[:1], list(keys)


def marks(phone: str) -> list[str]:
    """What the last four digits of a phone are found by, under each key, the newest first.

    A keyed hash (HMAC-SHA-256): without the key it tells nothing, and it is of four digits alone, so
    that with it one number in ten thousand is meant. Empty where there are no four digits.
    """
    digits = re.sub(r"[^0-9]", "", phone)[-4:]
    if len(digits) < 4:
        return []
    said = f"phone-mark:{digits}".encode()
    return [hmac.new(key, said, hashlib.sha256).hexdigest()[:32] for key in _raw]


def renewed(sealed: bytes) -> bytes | None:
    """The same sealed with the newest key; None where it is already. Raises Unreadable."""
    cipher = _cipher()
    try:
        _newest[0].decrypt(sealed)
        return None
    except InvalidToken:
        pass
    try:
        return cipher.rotate(sealed)
    except InvalidToken:
        raise Unreadable from None


def seal(content: bytes) -> bytes:
    """Bytes sealed with the newest key, and with the moment: URL-safe, a third longer."""
    return _cipher().encrypt(content)


def unseal(sealed: bytes, max_age_seconds: int) -> bytes:
    """What `seal` sealed not longer ago. Raises Unreadable: too old, altered, or with another key.

    What is from an hour that has not come, for the clock was set back since, is not too old.
    """
    try:
        content = _cipher().decrypt(sealed)
        sealed_at = _cipher().extract_timestamp(sealed)
    except InvalidToken:
        raise Unreadable from None
    if time.time() - sealed_at > max_age_seconds:
        raise Unreadable
    return content


def _cipher() -> MultiFernet:
    if not _keys:
        raise RuntimeError("the records are locked: call sealing.unlock(keys) first")
    return _keys[0]


_UNKEPT = re.compile("[\x00\ud800-\udfff]")


class Plain(TypeDecorator[str]):
    """Text in the open, without what a database refuses: NUL (PostgreSQL), halves of characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _UNKEPT.sub("", value)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted at rest (个人信息保护法 第51条: encryption as a security measure)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _cipher().encrypt(_UNKEPT.sub("", value).encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _cipher().decrypt(bytes(value)).decode()


class SealedJson(TypeDecorator[dict[str, Any]]):
    """A mapping that is encrypted at rest, such as what an officer writes with a step."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False)
        return _cipher().encrypt(text.encode("utf-8", "replace"))

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else dict(json.loads(_cipher().decrypt(bytes(value))))


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that are encrypted at rest, such as evidence. They grow by a third."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _cipher().encrypt(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _cipher().decrypt(bytes(value))


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite would drop the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)
