"""How unevenly value lies, and who moves minute by minute: charts and their figures, pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.console.parts.charts import AS_NUMBER, AS_PERCENT
from services.console.parts.pictures import Picture
from services.console.visiting.visit import Visit
from shared.contracts.overview import Concentration, Curve, TierChanges

_SHOWN: Final = (1, 5, 10, 20, 30, 50, 80, 100)


def value_curve(visit: Visit, found: Concentration) -> Picture:
    """Draw the share of value that the best 0 to 100 % of customers hold, expected and spent."""
    curves = [("expected", found.expected), ("net", found.net)]
    drawn = [(key, curve) for key, curve in curves if curve is not None and curve.curve]
    even = {
        "type": "line",
        "name": visit.say("overview.even"),
        "data": [[n / 100, n / 100] for n in (0, 100)],
        "showSymbol": False,
        "lineStyle": {"type": "dashed"},
    }
    axis = {"type": "value", "min": 0, "max": 1, "axisLabel": {":formatter": AS_PERCENT}}
    options = {
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 28, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True, ":valueFormatter": AS_PERCENT},
        "xAxis": {**axis, "name": visit.say("overview.best_customers"), **_MIDDLE},
        "yAxis": axis,
        "series": [*(_line(visit, key, curve) for key, curve in drawn), even],
    }
    percent = visit.formats.percent
    rows = [
        [percent(n / 100, digits=0), *(percent(curve.curve[n]) for _, curve in drawn)]
        for n in _SHOWN
    ]
    head = [visit.say("overview.best_customers")]
    head += [visit.say(f"overview.curve_{key}") for key, _ in drawn]
    return Picture(options, said_of_curve(visit, found.expected), head, rows if drawn else [])


_MIDDLE: Final[Mapping[str, Any]] = {"nameLocation": "middle", "nameGap": 30}


def said_of_curve(visit: Visit, curve: Curve | None) -> str:
    """Say what the best 1, 5 and 20 % hold, and how uneven that is."""
    if curve is None or not curve.curve:
        return visit.say("overview.no_value")
    shares = {f"top{top.percent}": visit.formats.percent(top.share) for top in curve.top}
    gini = visit.formats.number(curve.gini, digits=2)
    return visit.say("overview.curve_said", gini=gini, **shares)


def _line(visit: Visit, key: str, curve: Curve) -> dict[str, Any]:
    return {
        "type": "line",
        "name": visit.say(f"overview.curve_{key}"),
        "data": [[n / 100, share] for n, share in enumerate(curve.curve)],
        "showSymbol": False,
    }


def tier_shares(visit: Visit, found: Concentration, names: Mapping[str, str]) -> list[list[str]]:
    """List what each tier holds of expected value and of net spend, the highest first."""
    expected = {each.tier: each for each in found.expected.tiers} if found.expected else {}
    net = {each.tier: each for each in found.net.tiers} if found.net else {}
    percent = visit.formats.percent
    return [
        [
            name,
            visit.formats.number(expected[key].customers),
            percent(expected[key].share),
            percent(net[key].share if key in net else None),
        ]
        for key, name in names.items()
        if key in expected
    ]


def minutes(visit: Visit, found: TierChanges) -> Picture:
    """Draw who rose, fell and came in, a bar a minute; minutes without any stand at nothing."""
    times = _every_minute(found.first, found.as_of)
    counts = {each.minute: each for each in found.minutes}
    ways = ("up", "down", "entered")
    sign = {"up": 1, "down": -1, "entered": 1}
    values = {
        way: [sign[way] * getattr(counts[at], way) if at in counts else 0 for at in times]
        for way in ways
    }
    colours = {"up": "#2f8f5b", "down": "#c0563f", "entered": "#5b8db8"}
    options = {
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": [visit.formats.time(at) for at in times]},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": {":formatter": AS_NUMBER}},
        "series": [
            {
                "type": "bar",
                "stack": "all",
                "name": visit.say(f"overview.way_{way}"),
                "data": values[way],
                "itemStyle": {"color": colours[way]},
            }
            for way in ways
        ],
    }
    number = visit.formats.number
    rows = [
        [visit.formats.time(each.minute), *(number(getattr(each, way)) for way in ways)]
        for each in found.minutes
    ]
    totals = {way: number(sum(getattr(each, way) for each in found.minutes)) for way in ways}
    head = [visit.say("overview.minute"), *(visit.say(f"overview.way_{way}") for way in ways)]
    return Picture(options, visit.say("overview.changes_said", **totals), head, rows)


def _every_minute(first: datetime, last: datetime) -> list[datetime]:
    start = first.replace(second=0, microsecond=0) + timedelta(minutes=1)
    count = int((last - start) / timedelta(minutes=1)) + 1
    return [start + timedelta(minutes=n) for n in range(max(count, 0))]
