"""Runs what is awaited from a test: in a thread, for the suite's browser has a loop in the main one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(scene: Coroutine[Any, Any, Result], seconds: float = 20) -> Result:
    """The result of a scene, played in an event loop of its own within so many seconds."""

    async def whole() -> Result:
        return await asyncio.wait_for(scene, seconds)

    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, whole()).result()
