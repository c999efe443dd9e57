"""Slides about how the shop does: KPIs against the dates before, revenue by tier, loyalty."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from services.console.decks.data import DeckData, Kpi
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table, Tile
from services.console.decks.voice import Voice

_LOYALTY: Final = ("repeat_rate", "retention", "churn_rate")
_MONEY: Final = ("net_spend", "aov", "new_customers", "return_per_customer")


def kpis(data: DeckData, voice: Voice) -> Slide:
    """Show every KPI of all customers beside the dates before."""
    if data.kpis is None:
        return without("kpis", data, voice)
    told = [kpi for kpi in data.kpis if kpi.value is not None]
    if not told:
        return nothing("kpis", voice)
    judged = [voice.is_better(kpi) for kpi in told]
    better, worse = judged.count(True), judged.count(False)
    title = (
        voice.say("kpis_found", better=better, worse=worse)
        if better or worse
        else voice.say("kpis_still")
    )
    return Slide(
        "kpis",
        title,
        table=_kpi_table(data.kpis, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=tuple(kpi.key for kpi in told),
        when=voice.of_dates(data),
        notes=voice.say("kpis_notes"),
    )


def _kpi_table(found: tuple[Kpi, ...], voice: Voice) -> Table:
    head = ("kpi", "value", "previous", "target")
    rows = tuple(
        (
            Cell(voice.tell(kpi.name), kpi.key),
            Cell(voice.counted(kpi, kpi.value, kpi.denominator), kpi.key),
            Cell(voice.counted(kpi, kpi.previous, kpi.previous_denominator)),
            Cell(_aimed(kpi, voice)),
        )
        for kpi in found
        if kpi.value is not None or kpi.aim is not None
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows)


def _aimed(kpi: Kpi, voice: Voice) -> str:
    """Write a target with its period: the value beside it is of the dates of the deck."""
    if kpi.aim is None:
        return voice.figure(kpi.unit, None)
    value, period = voice.figure(kpi.unit, kpi.aim.value), voice.period(kpi.aim.period)
    return voice.say("finding_when", finding=value, when=period)


def revenue(data: DeckData, voice: Voice) -> Slide:
    """Show net spend by month and tier, and whether it rose."""
    if data.kpis is None:
        return without("revenue", data, voice)
    spend = data.kpi("net_spend")
    if spend is None or spend.value is None:
        return nothing("revenue", voice)
    title = _moved("revenue", spend, voice)
    return Slide(
        "revenue",
        title,
        tiles=tuple(
            _tile(data, kpi, voice) for key in _MONEY if (kpi := data.kpi(key)) is not None
        ),
        chart=_revenue_chart(data, spend, title, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=_MONEY,
        when=voice.of_dates(data),
        notes=voice.say("revenue_notes"),
    )


def _moved(key: str, kpi: Kpi, voice: Voice) -> str:
    """Say where a KPI went since the dates before."""
    parts = {"value": voice.of(kpi), "before": voice.figure(kpi.unit, kpi.previous)}
    return voice.say(f"{key}_{voice.movement(kpi)}", kpi=voice.tell(kpi.name), **parts)


def _tile(data: DeckData, kpi: Kpi, voice: Voice) -> Tile:
    name, days = voice.tell(kpi.name), data.window(kpi.key)
    if days is not None:
        name = voice.say("kpi_window", kpi=name, n=days, last=voice.formats.date(data.last))
    if kpi.value is None:
        return Tile(name, voice.of(kpi), voice.tell(kpi.no_data), kpi.key)
    if kpi.previous is None:
        return Tile(name, voice.of(kpi), kpi=kpi.key)
    was = voice.say("before", value=voice.figure(kpi.unit, kpi.previous))
    return Tile(name, voice.of(kpi), was, kpi.key)


def _revenue_chart(data: DeckData, spend: Kpi, title: str, voice: Voice) -> Chart | None:
    months = [point.first for point in spend.points]
    if not months:
        return None
    held = [
        (voice.tell(tier.name), {p.first: p.value or 0.0 for p in kpi.points})
        for tier, kpi in data.of_tiers("net_spend")
    ]
    series = [Series(name, tuple(at.get(m, 0.0) for m in months)) for name, at in held]
    # Before somebody had a tier their purchases are nobody's: shown, so that columns are the whole.
    rest = tuple(
        (p.value or 0.0) - sum(at.get(p.first, 0.0) for _, at in held) for p in spend.points
    )
    if any(abs(value) >= 0.01 for value in rest):
        series.insert(0, Series(voice.say("without_tier"), tuple(round(v, 2) for v in rest)))
    return Chart(
        Shape.STACKED,
        _months(months),
        tuple(series),
        "money",
        voice.say("chart_says", what=voice.say("topic_revenue"), figures=title),
        y_title=voice.in_currency(voice.tell(spend.name)),
    )


def _months(firsts: Iterable[date]) -> tuple[str, ...]:
    return tuple(f"{each:%Y-%m}" for each in firsts)


def loyalty(data: DeckData, voice: Voice) -> Slide:
    """Show whether customers come back, month by month."""
    if data.kpis is None:
        return without("loyalty", data, voice)
    shown = [kpi for key in _LOYALTY if (kpi := data.kpi(key)) is not None]
    told = [kpi for kpi in shown if kpi.value is not None]
    if not told:
        return nothing("loyalty", voice)
    title = _moved("loyalty", told[0], voice)
    return Slide(
        "loyalty",
        title,
        tiles=tuple(_tile(data, kpi, voice) for kpi in shown),
        chart=_loyalty_chart(told, title, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=_LOYALTY,
        when=voice.as_of(data.last),
        notes=voice.say("loyalty_notes"),
    )


def _loyalty_chart(told: list[Kpi], title: str, voice: Voice) -> Chart | None:
    months = sorted({point.first for kpi in told for point in kpi.points})
    if not months:
        return None
    series = []
    for kpi in told:
        at = {point.first: point.value for point in kpi.points}
        series.append(Series(voice.tell(kpi.name), tuple(at.get(month) for month in months)))
    return Chart(
        Shape.LINE,
        _months(months),
        tuple(series),
        "share",
        voice.say("chart_says", what=voice.say("topic_loyalty"), figures=title),
    )
