"""A list of what lies in no table of its own: files of the library, and what is counted from several tables."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette_admin.filters import FilterGroup

from bot.console.views import Listed


class Rows(Listed):
    """All rows are at hand, and what is asked for is chosen among them in Python: at most some hundreds.

    A list of one's own says `found`.
    """

    pk_attr = "id"

    def __init__(self) -> None:
        self.key, self.menu_label = self.listed, self.name_columns()
        super().__init__()

    def found(self, request: Request, text: str) -> Sequence[Any]:
        """What is listed, in order: by the filters, and by `text` where it is not empty."""
        raise NotImplementedError

    async def find_all(
        self, request: Request, skip: int = 0, limit: int = 100, q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None, filters: FilterGroup | None = None,
    ) -> Sequence[Any]:  # fmt: skip
        """A page of them; all where `limit` is not positive."""
        rows = await asyncio.to_thread(self.found, request, (q or "").strip())
        return rows[skip : skip + limit] if limit > 0 else rows[skip:]

    async def count(
        self, request: Request, q: str | None = None, filters: FilterGroup | None = None
    ) -> int:
        """How many there are."""
        return len(await self.find_all(request, limit=-1, q=q))

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
        """Those of these keys, among what the list was asked for."""
        wanted = {str(one) for one in pks}
        rows = await self.find_all(request, limit=-1)
        return [one for one in rows if str(getattr(one, self.pk_attr)) in wanted]

    async def find_by_pk(self, request: Request, pk: Any) -> Any:
        """The one of this key, or None."""
        return next(iter(await self.find_by_pks(request, [pk])), None)

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        """Never."""
        raise NotImplementedError

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        """Never."""
        raise NotImplementedError

    async def delete(self, request: Request, pks: list[Any]) -> int | None:
        """Never."""
        raise NotImplementedError
