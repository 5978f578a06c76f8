"""The officer's own account: a new password."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import flash, route

from bot.casework import officers
from bot.casework.officer_records import Officer
from bot.console.door import Door, user
from bot.console.views import Page
from bot.library import load


class Account(Page):
    """The page where an officer changes their own password."""

    path = "/account"
    add_to_menu = False

    def __init__(self, sessions: sessionmaker[Session], door: Door) -> None:
        super().__init__(menu_label=load("desk")["account"]["title"])
        self._sessions, self._door = sessions, door

    @route("", methods=["GET"], name="account")
    async def index(self, request: Request) -> Response:
        """The form."""
        return self.draw(request, "account.html", problems={})

    @route("", methods=["POST"])
    async def change(self, request: Request) -> Response:
        """Take the new password; this session goes on, all others end."""
        form = await request.form()
        old, new, again = (str(form.get(name) or "") for name in ("old", "new", "again"))
        if new != again:
            return self.draw(request, "account.html", 422, problems={"again": "different"})
        try:
            found = await asyncio.to_thread(self._changed, user(request).id, old, new)
        except officers.Refused as refusal:
            place = "old" if str(refusal) == "wrong" else "new"
            return self.draw(request, "account.html", 422, problems={place: str(refusal)})
        flash(request, load("desk")["account"]["done"], "success")
        response = RedirectResponse(str(request.url_for("desk:account")), 303)
        self._door.remember(response, request, found.id, found.stamp, user(request).began)
        request.state.renew_session = False
        return response

    def _changed(self, number: int, old: str, new: str) -> Officer:
        """Raises officers.Refused. Who guesses the old password here is counted as at the door."""
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            name = session.get_one(Officer, number).name
            attempt = officers.attempt(session, name, now)
        if not officers.is_right(attempt, old):
            with self._sessions.begin() as session:
                officers.refuse(session, attempt.officer_id, now)
            raise officers.Refused("wrong")
        with self._sessions.begin() as session:
            found = session.get_one(Officer, number)
            found.failures, found.locked_until = 0, None
            officers.change_password(session, found, new, now)
            return found
