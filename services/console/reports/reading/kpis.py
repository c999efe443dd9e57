"""KPIs of a deck: over its dates, month by month, by tier, and what each means."""

from datetime import date
from typing import Final

from services.console.decks.data import Aim, Definition, Kpi, Point, Programme
from services.console.reports.reading.asking import Asker, words_of
from services.console.visiting.services import Service
from shared.contracts.kpis import KpiDefinitions, KpiFigure, KpiItem, KpiReport

#: Those whose months are drawn.
_DRAWN: Final = "net_spend,repeat_rate,retention,churn_rate"
_MONTHS: Final = 12


async def read_definitions(asker: Asker) -> tuple[Definition, ...]:
    """Read what every KPI means."""
    found = await asker.get(Service.FEEDBACK, "/v1/kpis/definitions", KpiDefinitions)
    return tuple(
        Definition(
            each.key,
            words_of(each.name),
            words_of(each.words),
            each.numerator,
            each.denominator,
            each.window_days,
        )
        for each in (found.items if found else [])
    )


async def read_kpis(asker: Asker, slices: str) -> tuple[Kpi, ...] | None:
    """Read KPIs of slices over the dates, with the months before them."""
    query: dict[str, object] = {"slice": slices, "to": asker.last, "grain": "month"}
    dates = {**query, "from": asker.first}
    report = await asker.get(Service.FEEDBACK, "/v1/kpis", KpiReport, dates)
    if report is None:
        return None
    year = {**query, "from": months_before(asker.last, _MONTHS - 1), "keys": _DRAWN}
    months = await asker.get(Service.FEEDBACK, "/v1/kpis", KpiReport, year)
    drawn = {(each.key, each.slice): _points(each) for each in (months.items if months else [])}
    return tuple(_kpi(each, drawn.get((each.key, each.slice), ())) for each in report.items)


async def read_currency(asker: Asker) -> str | None:
    """Read the shop's currency; None before its first receipt."""
    query = {"keys": "net_spend", "from": asker.last, "to": asker.last}
    report = await asker.get(Service.FEEDBACK, "/v1/kpis", KpiReport, query)
    return None if report is None else report.currency


def slices_of(programme: Programme) -> str:
    """Name the slices of a programme's tiers."""
    return f"tier:{programme.key}"


async def read_moves(asker: Asker, programme: Programme) -> tuple[Kpi, ...] | None:
    """Read who went from which tier to which."""
    query = {
        "slice": f"move:{programme.key}",
        "keys": "tier_migration",
        "from": asker.first,
        "to": asker.last,
        "grain": "month",
    }
    report = await asker.get(Service.FEEDBACK, "/v1/kpis", KpiReport, query)
    return None if report is None else tuple(_kpi(each, ()) for each in report.items)


def months_before(day: date, months: int) -> date:
    """Give the first day of the month so many months before that of a date."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _kpi(item: KpiItem, points: tuple[Point, ...]) -> Kpi:
    figure = item.actual
    return Kpi(
        key=item.key,
        name=words_of(item.name),
        slice=item.slice,
        unit=item.unit,
        better=item.better,
        value=_value(figure),
        previous=_value(item.previous),
        no_data=words_of(item.no_data) if item.no_data else None,
        aim=_aim(item),
        numerator=figure.numerator if figure else 0,
        denominator=figure.denominator if figure else None,
        previous_denominator=item.previous.denominator if item.previous else None,
        points=points,
    )


def _aim(item: KpiItem) -> Aim | None:
    aim = item.target
    if aim is None:
        return None
    return Aim(
        aim.period,
        aim.value,
        aim.owner,
        _value(aim.actual),
        item.status or "no_data",
        aim.last,
        aim.actual.denominator if aim.actual else None,
    )


def _value(figure: KpiFigure | None) -> float | None:
    return None if figure is None else figure.value


def _points(item: KpiItem) -> tuple[Point, ...]:
    return tuple(Point(each.first, _value(each.figure)) for each in item.points)
