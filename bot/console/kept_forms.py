"""What stood in a form whose session was over: sealed, carried through the login, back in the page.

Nothing is kept on the server, so that nothing is to be deleted and any process can go on. Nothing is
done with it either: a page is drawn as if it had been asked for, with what was typed in its fields.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import Message, Receive, Scope, Send

from bot.casework import sealing

KEPT_SECONDS = 30 * 60
LONGEST = 48_000  # characters when sealed: the login form is read to 64 KB
NEVER = ("csrftoken", "password", "old", "new", "again")  # fields: of its own page, or a secret


@dataclass(frozen=True)
class Kept:
    """A form that `officer` (the account's id) sent to `path` too late, as pairs of name and text."""

    officer: int
    path: str
    fields: tuple[tuple[str, str], ...]

    def typed(self) -> dict[str, str]:
        """The fields by name; of several with one name the last."""
        return dict(self.fields)

    def ends(self) -> list[str]:
        """What stands behind the page's own address: what the form was to do."""
        return self.path.split("/")[4:]


def keep(officer: int, path: str, form: FormData) -> str:
    """The form sealed; empty where it is too long to be carried. Files are left out."""
    fields = [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name not in NEVER
    ]
    text = json.dumps(asdict(Kept(officer, path, tuple(fields))), ensure_ascii=False)
    sealed = sealing.seal(zlib.compress(text.encode("utf-8", "replace"))).decode()
    return sealed if len(sealed) <= LONGEST else ""


def opened(sealed: str, officer: int) -> Kept | None:
    """What was sealed for this officer; None where it is another's, too old or altered."""
    try:
        found = json.loads(zlib.decompress(sealing.unseal(sealed.encode(), KEPT_SECONDS)))
    except (sealing.Unreadable, UnicodeEncodeError):
        return None
    if found["officer"] != officer:
        return None
    fields = tuple((str(name), str(value)) for name, value in found["fields"])
    return Kept(officer, str(found["path"]), fields)


def of(request: Request) -> Kept | None:
    """What the page of this request is to be filled with, or None."""
    found: Kept | None = getattr(request.state, "kept", None)
    return found


def page_of(router: Router, scope: Scope, path: str) -> str:
    """The page that a form at `path` stands on: the longest beginning of it that can be read."""
    root = str(scope.get("root_path", ""))
    parts = path.removeprefix(root).strip("/").split("/")
    for count in range(len(parts), 0, -1):
        page = f"{root}/{'/'.join(parts[:count])}"
        asked = {**scope, "method": "GET", "path": page}
        if any(route.matches(asked)[0] == Match.FULL for route in router.routes):
            return page
    return f"{root}/"


class Filled(Response):
    """The page of a kept form, drawn as a GET of it, with the cookies that this response was given."""

    def __init__(self, request: Request, kept: Kept, user: Any) -> None:
        super().__init__()
        self._router: Router = request.app.router
        request.state.admin_user, request.state.kept = user, kept
        request.state.is_anonymous = False
        page = page_of(self._router, request.scope, kept.path)
        self._scope = {
            **request.scope, "method": "GET", "path": page, "raw_path": page.encode(),
            "query_string": b"", "path_params": {},
        }  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Draw the page."""
        cookies = [one for one in self.raw_headers if one[0] == b"set-cookie"]

        async def with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*_headers(message), *cookies]}
            await send(message)

        await self._router(self._scope, receive, with_cookies)


def _headers(message: Message) -> Iterable[tuple[bytes, bytes]]:
    found: Iterable[tuple[bytes, bytes]] = message.get("headers", ())
    return found
