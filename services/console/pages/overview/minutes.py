"""Changes of tier minute by minute, refreshed while somebody looks."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from nicegui import ui

from services.console.pages.overview.value_figures import minutes
from services.console.parts import faults
from services.console.parts.charts import painted
from services.console.parts.live import every
from services.console.parts.pictures import draw
from services.console.parts.pieces import section
from services.console.reading import overview
from services.console.visiting.visit import Visit
from shared.contracts.overview import TierChange, TierChanges

REFRESH_S: Final = 10.0
LOOKED_BACK_MINUTES: Final = 60
_ARROWS: Final = {"up": "▲", "down": "▼", "entered": "＋"}


def show_minutes(
    visit: Visit, programme: str, found: TierChanges | faults.Fault, names: Mapping[str, str]
) -> None:
    """Show the last hour's changes and the last people who moved."""
    with section(visit.say("overview.changes"), wide=True):
        if isinstance(found, faults.Fault):
            faults.fault_card(visit, found)
            return
        drawn = draw(visit, minutes(visit, found), height=220)
        said = ui.label().classes("tl-note").props("role=status")
        people = ui.element("ul")

    def tell(changes: TierChanges) -> None:
        drawn.options.clear()
        drawn.options.update(painted(visit, minutes(visit, changes).options))
        drawn.update()
        said.set_text(visit.say("overview.as_of", at=visit.formats.time(changes.as_of)))
        people.clear()
        with people:
            _people(visit, changes.last_changes, names)

    async def refresh() -> None:
        tell(await overview.changes(visit, programme, LOOKED_BACK_MINUTES))

    tell(found)
    every(visit, REFRESH_S, refresh)


def _people(visit: Visit, changes: Sequence[TierChange], names: Mapping[str, str]) -> None:
    if not changes:
        with ui.element("li"):
            ui.label(visit.say("overview.nobody_moved"))
    for change in changes:
        with ui.element("li").classes("tl-row"):
            ui.label(visit.formats.time(change.at)).classes("tl-note")
            _customer(change)
            ui.label(sentence(visit, change, names))


def _customer(change: TierChange) -> None:
    if change.customer_id is not None:
        ui.link(change.customer_id, f"/customers/{quote(change.customer_id, safe='')}")


def sentence(visit: Visit, change: TierChange, names: Mapping[str, str]) -> str:
    """Say one change: from, to, and why."""
    return visit.say(
        "overview.moved",
        arrow=_ARROWS[change.way],
        before=names.get(change.tier_from or "", change.tier_from or ""),
        after=names.get(change.tier_to, change.tier_to),
        why=visit.local(change.text),
    )
