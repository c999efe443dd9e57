"""What became of items day by day, as a chart: pure, from what ingest counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.console.parts.charts import AS_PERCENT, AS_SHORT, Options
from services.console.visiting.visit import Visit
from shared.contracts.quality import QualityDay

NAMES: Final = ("accepted", "duplicates", "conflicts", "rejected")
_COLOURS: Final = ("#2f8f5b", "#5b8db8", "#8a5a00", "#c0563f")


@dataclass(frozen=True, slots=True)
class Trend:
    """A chart's options, what it shows in a sentence, and its figures."""

    options: Options
    summary: str
    head: list[str]
    rows: list[list[str]]


def whole_days(found: Sequence[QualityDay], days: int) -> list[QualityDay]:
    """Fill days on which nothing was received, back from the last one that was."""
    if not found:
        return []
    known = {each.day: each for each in found}
    last = max(known)
    wanted = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [known.get(day) or _nothing(day) for day in wanted if day >= min(known)]


def _nothing(day: date) -> QualityDay:
    return QualityDay(day=day, received=0, accepted=0, duplicates=0, conflicts=0, rejected=0)


def good_share(day: QualityDay) -> float | None:
    """Tell which share of a day's items was neither rejected nor in conflict."""
    if not day.received:
        return None
    return (day.received - day.rejected - day.conflicts) / day.received


def trend_of(visit: Visit, days: Sequence[QualityDay]) -> Trend:
    """Draw what became of items, and the share that was good."""
    words = [visit.say(f"data.{name}") for name in NAMES]
    good = visit.say("data.good_share")
    write = visit.formats
    return Trend(
        _options([write.date(day.day) for day in days], [*_bars(words, days), _line(good, days)]),
        _summary(visit, days),
        [visit.say("data.day"), visit.say("data.received"), *words, good],
        [
            [
                write.date(day.day),
                write.number(day.received),
                *(write.number(getattr(day, name)) for name in NAMES),
                write.percent(good_share(day)),
            ]
            for day in reversed(days)
        ],
    )


def _bars(words: Sequence[str], days: Sequence[QualityDay]) -> list[Options]:
    return [
        {
            "name": word,
            "type": "bar",
            "stack": "items",
            "barMaxWidth": 48,
            "itemStyle": {"color": colour},
            "data": [getattr(day, name) for day in days],
        }
        for name, word, colour in zip(NAMES, words, _COLOURS, strict=True)
    ]


def _line(word: str, days: Sequence[QualityDay]) -> Options:
    return {
        "name": word,
        "type": "line",
        "yAxisIndex": 1,
        "connectNulls": True,
        "itemStyle": {"color": "#7a5195"},
        "data": [good_share(day) for day in days],
    }


def _options(days: Sequence[str], series: Sequence[Options]) -> Options:
    share = {
        "type": "value",
        "max": 1,
        "min": 0,
        "splitLine": {"show": False},
        "axisLabel": {":formatter": AS_PERCENT},
    }
    return {
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": list(days)},
        "yAxis": [{"type": "value", "axisLabel": {":formatter": AS_SHORT}}, share],
        "series": list(series),
    }


def _summary(visit: Visit, days: Sequence[QualityDay]) -> str:
    received = sum(day.received for day in days)
    bad = sum(day.rejected + day.conflicts for day in days)
    share = (received - bad) / received if received else None
    return visit.say(
        "data.trend_summary",
        days=visit.formats.number(len(days)),
        n=visit.formats.number(received),
        share=visit.formats.percent(share),
    )
