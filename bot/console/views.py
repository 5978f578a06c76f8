"""What all views of the desk share: who may see them, and that nothing is edited by hand."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import CustomView
from starlette_admin.contrib.sqla import ModelView

from bot.casework.officers import ROLES
from bot.console.door import user


class Page(CustomView):
    """A view with pages of its own; `roles` are who may come in."""

    roles: Sequence[str] = ROLES

    def is_accessible(self, request: Request) -> bool:
        """Whether the officer's role is among `roles`."""
        return user(request).role in self.roles

    def draw(self, request: Request, template: str, status: int = 200, **more: Any) -> Response:
        """A template with `more`, and the messages that wait for this officer."""
        assert self._admin is not None
        return self._admin._template_response(request, template, more, status)


class Listing(ModelView):
    """A list of records: read, searched and taken out as a table. What changes them is casework's."""

    roles: Sequence[str] = ROLES
    page_size = 25
    page_size_options: Sequence[int] = (25, 50, 100)
    row_actions: Sequence[str] = ()
    actions: Sequence[str] = ()

    def is_accessible(self, request: Request) -> bool:
        """Whether the officer's role is among `roles`."""
        return user(request).role in self.roles

    def can_create(self, request: Request) -> bool:
        """Never: records come from the people they are about."""
        return False

    def can_edit(self, request: Request) -> bool:
        """Never: states move by steps."""
        return False

    def can_delete(self, request: Request) -> bool:
        """Never: how long records stay is retention's."""
        return False

    def can_import(self, request: Request) -> bool:
        """Never."""
        return False
