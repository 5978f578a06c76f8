"""DIALOGUE: Rasa's calls of its action server share connections. An adaptation of 3.6.21 and of no other version."""

import contextlib
from collections.abc import AsyncIterator

import aiohttp
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

from nlu.rasa_version import require

# Of an endpoint that keeps its session; shorter than the action server keeps a silent connection (Sanic: 120 s).
SILENT_SECONDS = 15.0


@contextlib.asynccontextmanager
async def session(endpoint: EndpointConfig) -> AsyncIterator[aiohttp.ClientSession]:
    """The endpoint's one session, made at the first call and left open after each.

    Stock 3.6.21 opens a session and a connection for each action, twice a turn. A connection that the
    other side closed is not taken again; an answer sets no cookie for the next citizen's call.
    """
    kept = getattr(endpoint, "kept_session", None)
    if kept is None or kept.closed:
        auth = endpoint.basic_auth
        kept = endpoint.kept_session = aiohttp.ClientSession(
            headers=endpoint.headers,
            auth=aiohttp.BasicAuth(auth["username"], auth["password"]) if auth else None,
            timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            connector=aiohttp.TCPConnector(keepalive_timeout=SILENT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
    yield kept


def install() -> None:
    """Put this in place. Raises WrongRasa on any other version of Rasa."""
    require("nlu/fast_calls.py")
    EndpointConfig.session = session
