"""Answer how the shop does: values of a span, those before, targets, points for a chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from services.feedback.domain.kpis.definition import By, is_whole_slice, may_be_cut_by
from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.figures import Daily
from services.feedback.domain.kpis.periods import Grain, Period, parts_of, period_named
from services.feedback.domain.kpis.report import Item, Known, Series, View, item_of
from services.feedback.domain.kpis.targets import Target
from services.feedback.queries.kpis import daily
from services.feedback.queries.kpis.flows import flows_now
from services.feedback.queries.kpis.targets import targets_of
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.kpis.roll_up import span_of
from shared.clock import business_date
from shared.money import exponent_of

_SEPARATOR: Final = ":"


@dataclass(frozen=True, slots=True)
class Question:
    """Which KPIs, of which slice or kind of slice, over which dates, in parts of which length."""

    keys: tuple[str, ...]
    slice_key: str
    dates: Period
    grain: Grain


@dataclass(frozen=True, slots=True)
class Report:
    """The answer, and up to when something was known."""

    dates: Period
    known: Known
    as_of: datetime
    rolled_up_at: datetime | None
    currency: str | None
    items: tuple[Item, ...]


async def read_kpis(desk: Desk, asked: Question) -> Report:
    """Read roll-ups, and today's rows where today is asked for."""
    now = desk.clock.now()
    today = business_date(now, desk.zone)
    async with desk.pool.acquire() as connection:
        targets = await targets_of(connection, asked.keys, asked.slice_key)
        currency = await daily.currency_of(connection)
        last = await daily.last_rolled_up(connection)
        needed = _needed(asked.dates, targets, today)
        live: list[Daily] | None = []
        rows = await daily.rows_between(connection, asked.keys, asked.slice_key, needed)
        if needed.has(today):
            live = await _today(connection, desk, asked, today)
            rows = [row for row in rows if row.day < today] + (live or [])
    rolled_up_to, rolled_up_at = last or (None, None)
    decimals = exponent_of(currency or "CNY")
    known = Known(today, rolled_up_to, decimals, is_today_counted=live is not None)
    return Report(
        asked.dates,
        known,
        now,
        rolled_up_at,
        currency,
        _items(asked, rows, targets, known),
    )


async def _today(
    connection: asyncpg.Connection, desk: Desk, asked: Question, today: date
) -> list[Daily] | None:
    """Count today's rows as they are now, of KPIs that add up; None when that takes too long."""
    if not any(BY_KEY[key].is_live for key in asked.keys):
        return []
    span = span_of(Period(today, today), desk.zone)
    is_by_tier = asked.slice_key.partition(_SEPARATOR)[0] == By.TIER
    try:
        found = await flows_now(connection, span, is_by_tier=is_by_tier)
    except asyncpg.QueryCanceledError:
        return None
    wanted = frozenset(asked.keys)
    return [row for row in found if row.kpi in wanted and _is_of(row.slice_key, asked.slice_key)]


def _is_of(slice_key: str, asked: str) -> bool:
    return slice_key == asked or slice_key.startswith(asked + _SEPARATOR)


def _needed(dates: Period, targets: Iterable[Target], today: date) -> Period:
    """Give the dates to read: a target is judged by its whole period, not by what is asked for."""
    periods = [period_named(target.period) for target in targets]
    around = [each for each in periods if each.has(min(dates.last, today))]
    first = min([dates.before().first, *(each.first for each in around)])
    return Period(first, min(today, max([dates.last, *(each.last for each in around)])))


def _items(
    asked: Question, rows: Sequence[Daily], targets: Sequence[Target], known: Known
) -> tuple[Item, ...]:
    by_place: Mapping[tuple[str, str], list[Daily]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.day):
        by_place[row.kpi, row.slice_key].append(row)
    aims: Mapping[tuple[str, str], list[Target]] = defaultdict(list)
    for target in targets:
        aims[target.kpi_key, target.slice_key].append(target)
    view = View(asked.dates, list(parts_of(asked.dates, asked.grain)), known)
    return tuple(
        item_of(Series(BY_KEY[key], name, by_place[key, name], aims[key, name]), view)
        for key in asked.keys
        for name in _slices(asked.slice_key, key, {*by_place, *aims})
    )


def _slices(asked: str, key: str, places: Iterable[tuple[str, str]]) -> list[str]:
    """List the slices to answer for: one asked for by its whole name even when nothing is known."""
    if is_whole_slice(asked):
        return [asked] if may_be_cut_by(BY_KEY[key], asked) else []
    return sorted({slice_key for kpi, slice_key in places if kpi == key})
