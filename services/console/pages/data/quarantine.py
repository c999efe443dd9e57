"""Records that were refused: which, why, and trying many again at once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.data import replay_waiting
from services.console.pages.data.ways import reason_word, show_ways
from services.console.parts.charts import plain_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import action, empty, section
from services.console.parts.reasons import with_reason
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import data
from services.console.visiting.visit import Visit
from shared.contracts.quarantine import (
    QuarantinedItem,
    QuarantineSummary,
    ReplayedAll,
    WaitingGroup,
)

_STATES = ("false", "true")


@page("/data/quarantine", "data")
async def show_quarantine(
    visit: Visit, source: str = "", reason: str = "", replayed: str = "false"
) -> None:
    """Show what was refused and still waits, and let it be tried again."""
    show_ways(visit, "/data/quarantine")
    found = await tried(data.quarantine_summary(visit))
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    with section(visit.say("data.waiting"), note=visit.say("data.waiting_note")):
        _groups(visit, found)
    with section(visit.say("data.records"), note=visit.say("data.records_note")):
        chosen: dict[str, object] = {"source": source, "reason": reason, "replayed": replayed}
        await _Records(visit, found, chosen).show()


def _groups(visit: Visit, found: QuarantineSummary) -> None:
    if not found.items:
        empty(visit.say("data.nothing_waits"))
        return
    head = ("source", "reason", "waiting_count", "times", "newest")
    plain_table([visit.say(f"data.{name}") for name in head], group_lines(visit, found.items))
    if found.is_capped:
        ui.label(visit.say("data.capped")).classes("tl-note")


def group_lines(visit: Visit, groups: Sequence[WaitingGroup]) -> list[list[str]]:
    """Write what waits by source and reason as lines of a table."""
    return [
        [
            group.source,
            reason_word(visit, group.reason),
            visit.formats.number(group.waiting),
            visit.formats.number(group.times_seen),
            visit.formats.instant(group.newest_at),
        ]
        for group in groups
    ]


def waiting_of(groups: Sequence[WaitingGroup], source: object, reason: object) -> int:
    """Count what waits of a source and a reason; nothing named means any."""
    return sum(
        group.waiting
        for group in groups
        if source in {None, "", group.source} and reason in {None, "", group.reason}
    )


def record_row(visit: Visit, item: QuarantinedItem) -> Row:
    """Write a refused record as a row."""
    state = "data.state_replayed" if item.replayed_at else "data.state_waits"
    return {
        "reason": reason_word(visit, item.reason),
        "reason_href": f"/data/quarantine/{item.quarantine_id}",
        "message": item.message,
        "source": item.source,
        "received": visit.formats.instant(item.received_at),
        "times": visit.formats.number(item.times_seen),
        "state": visit.say(state),
    }


class _Records:
    """The list of records under its filters, and what is done with all of them."""

    def __init__(self, visit: Visit, summary: QuarantineSummary, chosen: dict[str, object]) -> None:
        self._visit, self._summary = visit, summary
        self._filters = Filters(visit, self._changed, chosen)
        self._table = PagedTable(
            visit,
            _columns(visit),
            self._fetch,
            visit.say("data.no_records"),
            visit.say("data.records"),
        )
        self._again: ui.button | None = None

    async def show(self) -> None:
        """Lay out filters, the button, and the list."""
        say, groups = self._visit.say, self._summary.items
        reasons = {group.reason: reason_word(self._visit, group.reason) for group in groups}
        with ui.element("div").classes("tl-form"):
            self._filters.choose("source", say("data.source"), _names(g.source for g in groups))
            self._filters.choose("reason", say("data.reason"), reasons)
            states = {state: say(f"data.replayed_{state}") for state in _STATES}
            self._filters.choose("replayed", say("data.state"), states)
        if self._visit.may(Permission.DATA_CHANGE):
            self._again = action(say("data.replay_all"), self._replay_all, icon="replay")
            self._again.classes("tl-above")
            self._enable()
        await self._table.show()

    async def _changed(self) -> None:
        self._enable()
        await self._table.restart()

    def _waiting(self) -> int:
        given = self._filters.given()
        return waiting_of(self._summary.items, given.get("source"), given.get("reason"))

    def _enable(self) -> None:
        if self._again is not None:
            self._again.set_enabled(self._waiting() > 0)

    async def _fetch(self, cursor: str | None, limit: int) -> Fetched:
        found = await data.quarantined(self._visit, self._filters.given(), cursor, limit)
        return [record_row(self._visit, item) for item in found.items], found.next_cursor

    async def _replay_all(self) -> None:
        count = self._visit.formats.number(self._waiting())
        text = self._visit.say("data.replay_all_text", n=count)
        run = _ManyReplays(self._visit, self._filters.given(), self._waiting())
        await with_reason(
            self._visit, self._visit.say("data.replay_all"), run.run, text=text, fields=run.show
        )
        if run.tried:
            ui.notify(run.told(), multi_line=True, timeout=10_000)
            self._summary = await data.quarantine_summary(self._visit)
            await self._changed()


class _ManyReplays:
    """Records tried again some at a time, with a bar; stopped half-way, it can go on."""

    def __init__(self, visit: Visit, given: dict[str, object], waiting: int) -> None:
        self._visit, self._waiting = visit, waiting
        self._source, self._reason = _text(given.get("source")), _text(given.get("reason"))
        self._cursor: UUID | None = None
        self.replayed, self.refused = 0, 0
        self._bar: ui.linear_progress | None = None
        self._said: ui.label | None = None

    @property
    def tried(self) -> int:
        """Tell how many were tried."""
        return self.replayed + self.refused

    def show(self) -> None:
        """Lay the bar out, at nothing yet."""
        self._bar = ui.linear_progress(0, show_value=False).props("aria-hidden=true")
        self._said = ui.label("").props("role=status").classes("tl-note")

    async def run(self, reason: str) -> None:
        """Try them all, from where the last try stopped."""
        while True:
            change = replay_waiting(self._source, self._reason, self._cursor)
            done = await self._visit.make(change, reason, ReplayedAll)
            self.replayed += done.replayed
            self.refused += len(done.refused)
            self._tell()
            if done.next_cursor is None:
                return
            self._cursor = done.next_cursor

    def told(self) -> str:
        """Say what became of them."""
        write = self._visit.formats.number
        return self._visit.say(
            "data.replayed_all", done=write(self.replayed), refused=write(self.refused)
        )

    def _tell(self) -> None:
        if self._bar is not None and self._said is not None:
            self._bar.set_value(min(1.0, self.tried / max(1, self._waiting)))
            self._said.set_text(self.told())


def _columns(visit: Visit) -> list[Column]:
    return [
        Column("reason", visit.say("data.reason"), kind="link", min_width=230),
        Column("message", visit.say("data.message"), min_width=260),
        Column("source", visit.say("data.source"), min_width=110),
        Column("received", visit.say("data.first_seen"), min_width=200),
        Column("times", visit.say("data.times"), kind="number", width=100),
        Column("state", visit.say("data.state"), width=130),
    ]


def _names(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in sorted(set(names))}


def _text(value: object) -> str | None:
    return None if value in {None, ""} else str(value)
