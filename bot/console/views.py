"""What all views of the desk share: who may see them, and that nothing is edited by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import CustomView
from starlette_admin.contrib.sqla import ModelView
from starlette_admin.exceptions import ActionFailed
from starlette_admin.export import ExportContext
from starlette_admin.fields import StringField
from starlette_admin.filters import FilterGroup
from starlette_admin.types import ListParams
from starlette_admin.views import BaseModelView

from bot.casework import officers
from bot.casework.officers import ROLES
from bot.console.door import user
from bot.console.exports import Csv, Excel
from bot.library import load

LAST_PAGE = 1_000_000


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


@dataclass(frozen=True)
class Choice:
    """One filter above a list: its parameter, its label, its options (value, label), the one chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


class Listed(BaseModelView):
    """What all lists share: read, searched, filtered and taken out as a table, drawn by list.html.

    What changes the records is casework's. A list of one's own says `word`, its section of desk.yml,
    `listed`, its address, and its `cells`; its `choices`, and `row`: the cells of one record by their
    names, and in `_meta` the address of its page. `pk_attr` is what tells its records apart.
    """

    word = ""
    listed = ""
    cells: Sequence[str] = ()

    roles: Sequence[str] = ROLES
    page_size = 25
    page_size_options: Sequence[int] = (25, 50, 100)
    row_actions: Sequence[str] = ()
    actions: Sequence[str] = ()
    searchable_fields: Sequence[str] = ()
    sortable_fields: Sequence[str] = ()
    search_hint = ""
    exporters = (Csv(), Excel())

    def name_columns(self) -> str:
        """Put the words of desk.yml on the columns; the list's name in the menu."""
        said = load("desk")[self.word]
        self.fields = [StringField(name, label=said["columns"][name]) for name in self.cells]
        self.search_hint = said["search_hint"]
        return str(said.get("list", said["title"]))

    def choices(self, request: Request) -> Sequence[Choice]:
        """The filters above the list."""
        return ()

    def entry(self, request: Request) -> tuple[str, str] | None:
        """Where one more is entered by hand: the words of the link, and its address within the desk."""
        return None

    def row(self, request: Request, record: Any) -> dict[str, Any]:
        """The cells of one record."""
        raise NotImplementedError

    def _parse_filter_param(
        self, request: Request, query_params: Mapping[str, str] | None = None
    ) -> FilterGroup:
        """None of starlette-admin's filters: `choices` are all there are, and a cell need be no column."""
        return FilterGroup()

    def _parse_list_params(
        self, request: Request, query_params: QueryParams | None = None
    ) -> ListParams:
        """No page so far on that a database cannot count to it."""
        found = super()._parse_list_params(request, query_params)
        return replace(found, page=min(found.page, LAST_PAGE))

    @staticmethod
    def asked(request: Request) -> QueryParams:
        """What the list was asked for: by its address, or by the list that is taken out as a table."""
        kept = request.query_params.get("_list_query")
        return request.query_params if kept is None else QueryParams(kept.lstrip("?"))

    async def serialize(
        self, obj: Any, request: Request, include_relationships: bool = True,
        include_select2: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """The cells of one record, on the page as in a table that is taken out."""
        key = str(self.pk_attr)
        return {key: getattr(obj, key), "_meta": {}, **self.row(request, obj)}

    @staticmethod
    def _export_check_max_rows(count: int, max_rows: int | None) -> None:
        if max_rows is not None and count > max_rows:
            said = load("desk")["list"]["too_many"]
            raise ActionFailed(said.format(most=max_rows, count=count))

    async def after_export(self, request: Request, ctx: ExportContext) -> None:
        """Who took a list out, and how many rows of it, is written down."""
        name, kind = user(request).username, f"export:{self.key}"
        subject = str(len(ctx.rows))
        officers.log(request.state.session, name, kind, datetime.now(UTC), subject)

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

    def can_view_detail(self, request: Request) -> bool:
        """Never by starlette-admin's page of all columns: a record has a page of ours."""
        return False


class Listing(Listed, ModelView):
    """A list of a table's records. A list of one's own says `kind` too, and `where` and `order`."""

    kind: type[Any]

    def __init__(self) -> None:
        super().__init__(self.kind, key=self.listed, menu_label=self.name_columns())

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """What is listed, by what is `asked`."""
        return ()

    def order(self) -> Sequence[ColumnElement[Any]]:
        """In what order."""
        return ()

    def get_list_query(self, request: Request) -> Select[Any]:
        """What is listed, a page of it at a time."""
        return super().get_list_query(request).where(*self.where(request))

    def get_count_query(self, request: Request) -> Select[Any]:
        """How many there are."""
        return super().get_count_query(request).where(*self.where(request))

    def build_order_clauses(
        self, request: Request, sorts: Sequence[tuple[str, str]], stmt: Select[Any]
    ) -> Select[Any]:
        """The list's own order, whatever an address says."""
        return stmt.order_by(*self.order())
