"""The pictures of a simulation: who goes where, the past year replayed, value and cost by tier."""

from collections.abc import Mapping
from datetime import datetime
from math import log1p
from typing import Any
from urllib.parse import quote

from services.console.pages.programmes.documents import Document
from services.console.pages.programmes.outcome import Result, grid_of
from services.console.parts.charts import AS_PERCENT, AS_SHORT, chart, inks, plain_table
from services.console.parts.frame import heading
from services.console.visiting.visit import Visit

Names = Mapping[str | None, str]


def customer_path(customer_id: str) -> str:
    """Give the page of a customer."""
    return f"/customers/{quote(customer_id, safe='')}"


def migration(visit: Visit, result: Result, names: Names) -> None:
    """Show who would go from which tier to which as a heat map."""
    grid = grid_of(result)
    title = visit.say("programmes.migration")
    heading(title, level=3)
    rows = [
        [names[old], *(visit.formats.number(grid.cells.get((old, new), 0)) for new in grid.columns)]
        for old in grid.rows
    ]
    options = heat_map(visit, result, names)
    head = [visit.say("programmes.from_to"), *(names[new] for new in grid.columns)]
    height = 120 + 52 * len(grid.rows)
    chart(visit, options, summary=title, head=head, rows=rows, height=height)


def heat_map(visit: Visit, result: Result, names: Names) -> dict[str, Any]:
    """Lay the migration out for ECharts; colours go by the logarithm, so that few are seen too."""
    grid = grid_of(result)
    data = [
        [x, y, n := grid.cells.get((old, new), 0), log1p(n)]
        for y, old in enumerate(grid.rows)
        for x, new in enumerate(grid.columns)
    ]
    ink = inks(visit)
    deep = "#1d6778" if visit.is_dark else "#9fcfda"
    return {
        "tooltip": {"trigger": "item", "confine": True},
        "xAxis": {
            "type": "category",
            "data": [names[new] for new in grid.columns],
            "name": visit.say("programmes.to"),
            "nameLocation": "middle",
            "nameGap": 28,
            "position": "bottom",
        },
        "yAxis": {
            "type": "category",
            "data": [names[old] for old in grid.rows],
            "name": visit.say("programmes.from"),
        },
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 30, "containLabel": True},
        "visualMap": {
            "min": 0,
            "dimension": 3,
            "max": log1p(max(grid.cells.values(), default=1)) or 1,
            "show": False,
            "inRange": {"color": [ink["fill"], deep]},
        },
        "series": [
            {
                "type": "heatmap",
                "data": data,
                "encode": {"value": 2},
                "label": {"show": True, "color": ink["text"] if not visit.is_dark else "#ffffff"},
                "itemStyle": {"borderColor": ink["line"], "borderWidth": 1},
            }
        ],
    }


def replay(visit: Visit, result: Result, names: Names) -> None:
    """Show how many would have held each tier, month by month, over the past year."""
    months = result["months"]
    if not months:
        return
    title = visit.say("programmes.replay")
    heading(title, level=3)
    days = [visit.formats.date(_day(visit, month["at"])) for month in months]
    keys = [tier["tier"] for tier in result["tiers"]][1:]
    counts = {
        key: [_count(month["tiers"], key) for month in months] for key in keys
    }  # of those above the base, which would dwarf them
    options = {
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value", "axisLabel": {":formatter": AS_SHORT}},
        "series": [
            {"type": "line", "name": names[key], "data": counts[key], "areaStyle": {}, "stack": "n"}
            for key in keys
        ],
    }
    rows = [
        [day, *(visit.formats.number(counts[key][place]) for key in keys)]
        for place, day in enumerate(days)
    ]
    head = [visit.say("programmes.month"), *(names[key] for key in keys)]
    chart(visit, options, summary=title, head=head, rows=rows)


def value(visit: Visit, result: Result, names: Names) -> None:
    """Show what share of all expected value each tier holds, now and then."""
    after = result.get("value") or []
    if not after or any(tier["share"] is None for tier in after):
        return
    before = {t["tier"]: t["share"] for t in (result.get("before") or {}).get("value", [])}
    title = visit.say("programmes.value_by_tier")
    heading(title, level=3)
    keys = [tier["tier"] for tier in after]
    series = [(visit.say("programmes.would_be"), [tier["share"] for tier in after])]
    if before:
        series.insert(0, (visit.say("programmes.now"), [before.get(key, 0) for key in keys]))
    options = {
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": [names[key] for key in keys]},
        "yAxis": {"type": "value", "axisLabel": {":formatter": AS_PERCENT}},
        "series": [{"type": "bar", "name": name, "data": shares} for name, shares in series],
    }
    rows = [
        [names[key], *(visit.formats.percent(shares[place]) for _, shares in series)]
        for place, key in enumerate(keys)
    ]
    head = [visit.say("programmes.tier"), *(name for name, _ in series)]
    chart(visit, options, summary=title, head=head, rows=rows, height=260)


def benefits(visit: Visit, result: Result, document: Document, former: Document | None) -> None:
    """List what each benefit with a stated cost comes to in a year, now and then."""
    after = (result.get("benefits") or {}).get("benefits", [])
    before = ((result.get("before") or {}).get("benefits") or {}).get("benefits", [])
    if not after and not before:
        return
    heading(visit.say("programmes.benefit_costs"), level=3)
    offered = [*(former or {}).get("benefits", []), *document.get("benefits", [])]
    names = {each["key"]: visit.local(each["name"]) for each in offered}
    old, new = ({each["key"]: each for each in part} for part in (before, after))
    currency = (result.get("benefits") or {}).get("currency")
    rows = []
    for key in dict.fromkeys([*old, *new]):
        sides = [old.get(key), new.get(key)]
        counts = [visit.formats.number(side["members"]) if side else "–" for side in sides]
        costs = [
            visit.formats.money(side["cost_a_year"], currency, whole=True) if side else "–"
            for side in sides
        ]
        rows.append([names.get(key, key), *counts, *costs])
    head = [
        visit.say("programmes.benefit"),
        visit.say("programmes.members_now"),
        visit.say("programmes.members_then"),
        visit.say("programmes.cost_now"),
        visit.say("programmes.cost_then"),
    ]
    plain_table(head, rows)


def _day(visit: Visit, text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(visit.house.zone).date()


def _count(tiers: list[Mapping[str, Any]], key: str) -> int:
    return next((int(tier["customers"]) for tier in tiers if tier["tier"] == key), 0)
