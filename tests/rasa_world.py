"""Two Rasa with their action servers, by hand, over HTTP: what each was told, and what is wrong with it."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from aiohttp import web

NAMES = ("rasa-1", "rasa-2", "actions-1", "actions-2")
HANGS_SECONDS = 30.0  # longer than any patience of a test


class World:
    """`said` are number of the Rasa and text; `anew` the Rasa told to forget; `faults` by a part's name.

    A fault is a status, "cut" (the connection breaks off), "hangs", or a body that is no JSON. `latest`
    is what the tracker tells of the last message, `offer` what is said beside the echo.
    """

    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []
        self.anew: list[int] = []
        self.faults: dict[str, int | str] = {}
        self.latest: Any = None
        self.offer: dict[str, Any] = {}
        self.most_at_once = self.at_once = 0
        self.port = 0

    def addresses(self, kind: str) -> list[str]:
        """Those of the Rasa or of the action servers, in their order."""
        at = f"http://127.0.0.1:{self.port}"
        return [f"{at}/{name}" for name in NAMES if name.startswith(kind)]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One answer for all paths: the first part of each names who is asked."""
        name, _, path = request.path.removeprefix("/").partition("/")
        fault = self.faults.get(name, 200)
        if fault == "cut":
            assert request.transport is not None
            request.transport.abort()
        if fault == "hangs":
            await asyncio.sleep(HANGS_SECONDS)
        if isinstance(fault, str):
            return web.Response(text=fault)
        number = int(name[-1]) - 1
        if request.method == "PUT":
            self.anew.append(number)
        if fault == 200 and path == "webhooks/rest/webhook":
            return web.json_response([await self._turn(number, await request.json())])
        told = {"events": [], "latest_message": self.latest}
        return web.json_response(told, status=fault)

    async def _turn(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.05)
        self.at_once -= 1
        self.said.append((number, body["message"]))
        return {"text": f"听到：{body['message']}", **self.offer}


@contextlib.contextmanager
def rasa_world() -> Iterator[World]:
    """One that runs, in a thread of its own."""
    world, loop = World(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_served(world), loop).result(10)
    try:
        yield world
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _served(world: World) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", world.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.port = runner.addresses[0][1]
    return runner
