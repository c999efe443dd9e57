"""Long lists: AG Grid over one page at a time, fetched from the service by cursor."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from nicegui import ui

from services.console.parts import faults
from services.console.parts.pieces import action
from services.console.visiting.changes import NotAllowed, SessionOver
from services.console.visiting.visit import Visit

Row = dict[str, str | int | float | bool | None]
#: One page: rows as they are shown, and the cursor of the next (None on the last).
Fetched = tuple[Sequence[Row], str | None]
Fetch = Callable[[str | None, int], Awaitable[Fetched]]
PAGE_SIZE: Final = 50
#: A column gives up to this part of the width it likes where all would not fit beside each other.
_SQUEEZED: Final = 0.7
# A constant of ours: the address is the row's `<field>_href`, and only a local path is followed.
_LINK: Final = (
    "p => { const to = p.data && p.data[p.colDef.field + '_href'];"
    " if (!to || !to.startsWith('/') || to.startsWith('//')) return p.value ?? '';"
    " const a = document.createElement('a'); a.href = to; a.textContent = p.value ?? '';"
    " return a; }"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `link` leads to the row's `<key>_href`, numbers are written by the page.

    Columns share the table's width as their `min_width`s are to each other; a text wraps.
    """

    key: str
    label: str
    kind: Literal["text", "number", "link"] = "text"
    width: int | None = None
    min_width: int = 90


@dataclass(slots=True)
class PagedTable:
    """A table that shows one page, and asks the service for the next and the one before."""

    visit: Visit
    columns: Sequence[Column]
    fetch: Fetch
    #: what to say where there is nothing: what to do next
    empty: str
    label: str
    on_open: Callable[[Row], object] | None = None
    page_size: int = PAGE_SIZE
    cursors: list[str | None] = field(default_factory=lambda: [None])
    following: str | None = None
    rows: list[Row] = field(default_factory=list)
    _grid: ui.aggrid | None = None
    _said: ui.label | None = None
    _back: ui.button | None = None
    _on: ui.button | None = None

    async def show(self) -> None:
        """Lay the table out here and fetch its first page."""
        grid = self._grid = ui.aggrid(self._options()).classes("tl-aggrid")
        grid.props["aria-label"] = self.label
        if self.on_open is not None:
            grid.on("rowDoubleClicked", self._opened, ["rowIndex"])
            grid.on("cellKeyDown", self._keyed, ["rowIndex", "event.key"])
        with ui.element("div").classes("tl-pager"):
            self._said = ui.label().props("role=status")
            self._back = action(self.visit.say("parts.back"), self.back, icon="chevron_left")
            self._on = action(self.visit.say("parts.on"), self.on, icon="chevron_right")
        await self.load()

    async def restart(self) -> None:
        """Begin again at the first page: a filter has changed."""
        self.cursors = [None]
        await self.load()

    async def on(self) -> None:
        """Show the next page."""
        self.cursors.append(self.following)
        await self.load()

    async def back(self) -> None:
        """Show the page before."""
        if len(self.cursors) > 1:
            self.cursors.pop()
        await self.load()

    async def load(self) -> None:
        """Fetch the page that is shown anew; raises SessionOver, NotAllowed."""
        try:
            found, self.following = await self.fetch(self.cursors[-1], self.page_size)
        except (SessionOver, NotAllowed):
            raise
        except faults.EXPECTED as error:
            # In the table's own place: what it showed before stays readable above.
            if self._said is not None:
                self._said.set_text(faults.words_of(self.visit, error))
        else:
            self.rows = list(found)
            self._fill()

    def _fill(self) -> None:
        if self._grid is None or self._said is None or self._back is None or self._on is None:
            return
        self._grid.options["rowData"] = self.rows
        self._grid.update()
        first = (len(self.cursors) - 1) * self.page_size
        self._said.set_text(
            self.visit.say("parts.rows", first=first + 1, last=first + len(self.rows))
            if self.rows
            else self.empty
        )
        self._back.set_enabled(len(self.cursors) > 1)
        self._on.set_enabled(self.following is not None)

    def _opened(self, event: Any) -> None:
        if self.on_open is not None and 0 <= (number := int(event.args["rowIndex"])) < len(
            self.rows
        ):
            self.on_open(self.rows[number])

    def _keyed(self, event: Any) -> None:
        if event.args.get("event.key", event.args.get("event", {})) == "Enter":
            self._opened(event)

    def _options(self) -> dict[str, Any]:
        return {
            "columnDefs": [_column(column) for column in self.columns],
            "defaultColDef": {
                "sortable": False,
                "resizable": True,
                "wrapHeaderText": True,
                "wrapText": True,
                "autoHeight": True,
            },
            "rowData": [],
            "domLayout": "autoHeight",
            "ensureDomOrder": True,
            "suppressMovableColumns": True,
            "enableCellTextSelection": True,
            "localeText": {
                "noRowsToShow": self.empty,
                "loadingOoo": self.visit.say("parts.loading"),
            },
        }


def _column(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {
        "field": column.key,
        "headerName": column.label,
        "minWidth": column.width or round(column.min_width * _SQUEEZED),
        "tooltipField": column.key,
    }
    made |= {"width": column.width} if column.width else {"flex": column.min_width}
    if column.kind == "number":
        made |= {"type": "rightAligned"}
    if column.kind == "link":
        made |= {":cellRenderer": _LINK}
    return made
