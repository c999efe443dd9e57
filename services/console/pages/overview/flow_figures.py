"""Who went from which tier to which: a Sankey and its figures, pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.parts.charts import PALETTE, PALETTE_DARK, inks
from services.console.parts.pictures import Picture
from services.console.visiting.visit import Visit
from shared.contracts.overview import Migration, MigrationCell


@dataclass(frozen=True, slots=True)
class _Sides:
    """How nodes are named: one tier stands on both sides, so its date is part of its name."""

    names: Mapping[str, str]
    nobody: str
    before: str
    after: str

    def tier(self, key: str | None) -> str:
        return self.nobody if key is None else self.names.get(key, key)

    def left(self, key: str | None) -> str:
        return f"{self.tier(key)} · {self.before}"

    def right(self, key: str) -> str:
        return f"{self.tier(key)} · {self.after}"


def flows(visit: Visit, found: Migration, names: Mapping[str, str]) -> Picture:
    """Draw flows, before on the left and after on the right; `names`: the highest tier first."""
    sides = _Sides(
        names,
        visit.say("overview.no_tier_yet"),
        visit.formats.date(found.first),
        visit.formats.date(found.last),
    )
    cells = sorted(found.cells, key=lambda cell: _order(cell, list(names)))
    series = {
        "type": "sankey",
        "label": {"color": inks(visit)["text"]},
        "data": _nodes(cells, sides, _colours(visit, list(names))),
        "links": [
            {
                "source": sides.left(cell.tier_from),
                "target": sides.right(cell.tier_to),
                "value": cell.customers,
            }
            for cell in cells
        ],
        "left": 8,
        "right": 170,
        "top": 12,
        "bottom": 12,
        "nodeGap": 18,
        "layoutIterations": 0,
        "emphasis": {"focus": "adjacency"},
        "lineStyle": {"color": "source", "opacity": 0.35},
    }
    options = {"tooltip": {"trigger": "item", "confine": True}, "series": [series]}
    head = [visit.say(f"overview.{key}") for key in ("before", "after", "customers", "share")]
    return Picture(options, moved(visit, found, list(names)), head, _rows(visit, cells, sides))


def moved(visit: Visit, found: Migration, order: Sequence[str]) -> str:
    """Say how many rose, fell and came in between which dates."""
    place = {key: number for number, key in enumerate(order)}
    steps = [
        (place.get(cell.tier_from, 0) - place.get(cell.tier_to, 0), cell.customers)
        for cell in found.cells
        if cell.tier_from is not None
    ]
    entered = sum(cell.customers for cell in found.cells if cell.tier_from is None)
    number = visit.formats.number
    return visit.say(
        "overview.flows_said",
        first=visit.formats.date(found.first),
        last=visit.formats.date(found.last),
        up=number(sum(customers for step, customers in steps if step > 0)),
        down=number(sum(customers for step, customers in steps if step < 0)),
        entered=number(entered),
    )


def _order(cell: MigrationCell, order: list[str]) -> tuple[int, int]:
    last = len(order)
    places = {key: number for number, key in enumerate(order)}
    left = last if cell.tier_from is None else places.get(cell.tier_from, last)
    return left, places.get(cell.tier_to, last)


def _colours(visit: Visit, order: Sequence[str]) -> dict[str, str]:
    """Give each tier the colour it has on both sides, the highest the first."""
    palette = PALETTE_DARK if visit.is_dark else PALETTE
    return {key: palette[number % len(palette)] for number, key in enumerate(order)}


def _nodes(
    cells: Sequence[MigrationCell], sides: _Sides, colours: Mapping[str, str]
) -> list[dict[str, Any]]:
    lefts = dict.fromkeys(cell.tier_from for cell in cells)
    held = dict.fromkeys(cell.tier_to for cell in cells)
    rights = [*(key for key in colours if key in held), *(k for k in held if k not in colours)]
    return [
        *(_node(sides.left(key), 0, colours.get(key or "", PALETTE[-1])) for key in lefts),
        *(_node(sides.right(key), 1, colours.get(key, PALETTE[-1])) for key in rights),
    ]


def _node(name: str, depth: int, colour: str) -> dict[str, Any]:
    return {"name": name, "depth": depth, "itemStyle": {"color": colour}}


def _rows(visit: Visit, cells: Sequence[MigrationCell], sides: _Sides) -> list[list[str]]:
    total = sum(cell.customers for cell in cells) or 1
    return [
        [
            sides.tier(cell.tier_from),
            sides.tier(cell.tier_to),
            visit.formats.number(cell.customers),
            visit.formats.percent(cell.customers / total),
        ]
        for cell in cells
    ]
