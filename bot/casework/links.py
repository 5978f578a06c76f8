"""RECORD: signed links to a citizen's own page. Knows no web server."""

import hashlib

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

CONTACT = "contact"  # the purpose of contact_url
CONTACT_SECONDS = 3 * 24 * 3600


class Invalid(Exception):
    """The token was altered, is for another purpose, or was signed with another key."""


class Expired(Invalid):
    """The token was ours, and is too old."""


def token(signing_key: str, purpose: str, person_key: str) -> str:
    """A token that names a person for one purpose: URL-safe, signed, with the moment of signing."""
    return str(_signer(signing_key, purpose).dumps(person_key))


def read(signing_key: str, purpose: str, token: str, max_age_seconds: int) -> str:
    """The person's key in a token. Raises Expired or Invalid."""
    try:
        found = _signer(signing_key, purpose).loads(token, max_age=max_age_seconds)
    except SignatureExpired:
        raise Expired from None
    except BadData:
        raise Invalid from None
    if not isinstance(found, str):
        raise Invalid
    return found


def contact_url(public_url: str, signing_key: str, person_key: str) -> str:
    """The address of a person's page for contact details and evidence, good for CONTACT_SECONDS."""
    return f"{public_url.rstrip('/')}/mine/{token(signing_key, CONTACT, person_key)}"


def _signer(signing_key: str, purpose: str) -> URLSafeTimedSerializer:
    # The purpose is the salt: a token for one is no token for another, nor a web citizen's cookie.
    signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(signing_key, salt=f"link:{purpose}", signer_kwargs=signing)
