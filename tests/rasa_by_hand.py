"""A Rasa and its action server by hand, over HTTP: it hears, says so, and remembers what it said."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.channels.conftest import serving

HANGS_SECONDS = 2.0  # longer than the patience of its tests


class RasaByHand:
    """`heard` are the ids of the messages that came; `meanwhile` is done once, within the next turn.

    Each answer ends with `more`; while it `hangs` no message gets one.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.meanwhile: Callable[[], None] | None = None
        self.url = self.more = ""
        self.hangs = False
        self._events: dict[str, list[dict[str, Any]]] = {}

    async def turn(self, request: Request) -> Response:
        """Rasa's REST door."""
        if self.hangs:
            await asyncio.sleep(HANGS_SECONDS)
            return Response(status_code=503)
        body = await request.json()
        self.heard.append(body["metadata"]["message_id"])
        work, self.meanwhile = self.meanwhile, None
        if work is not None:
            await asyncio.to_thread(work)
        said = {"text": f"听到：{body['message']}{self.more}"}
        events = self._events.setdefault(body["sender"], [])
        events += [{"event": "user", "metadata": body["metadata"]}, {"event": "bot", **said}]
        return JSONResponse([said])

    async def tracker(self, request: Request) -> Response:
        """What it remembers of a talk; it forgets it where it is told to."""
        key = request.path_params["key"]
        if request.method == "PUT":
            self._events.pop(key, None)
        return JSONResponse({"events": self._events.get(key, []), "latest_message": None})

    async def health(self, _request: Request) -> Response:
        """The action server is there."""
        return JSONResponse({})


@contextlib.contextmanager
def rasa_by_hand() -> Iterator[RasaByHand]:
    """One that runs."""
    made = RasaByHand()
    routes = [
        Route("/webhooks/rest/webhook", made.turn, methods=["POST"]),
        Route("/conversations/{key}/tracker", made.tracker, methods=["GET"]),
        Route("/conversations/{key}/tracker/events", made.tracker, methods=["PUT"]),
        Route("/health", made.health, methods=["GET"]),
    ]
    with serving(Starlette(routes=routes)) as address:
        made.url = address.rstrip("/")
        yield made
