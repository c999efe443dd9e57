"""Where a KPI stands against what somebody set out to reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.feedback.domain.fault import DocumentFault
from services.feedback.domain.kpis.definition import (
    ALL,
    FORMS,
    Better,
    Kpi,
    is_whole_slice,
    may_be_cut_by,
)
from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.figures import Figure
from services.feedback.domain.kpis.periods import EARLIEST, LATEST, NoPeriod, Period, period_named


class Status(StrEnum):
    """How it looks."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI of a slice should be in a period; money in whole units."""

    kpi_key: str
    slice_key: str
    period: str
    value: float
    owner: str
    note: str
    version: int
    changed_by: str
    updated_at: datetime


def status_of(
    kpi: Kpi, target: float, period: Period, actual: Figure | None, today: date
) -> Status:
    """Judge a period's value: missed once it is over; a total is expected day by day until then."""
    if actual is None or actual.value is None or period.first > today:
        return Status.NO_DATA
    is_over = today > period.last
    expected = target
    if kpi.is_total and not is_over:
        # today is not over yet: what it brings is not asked for
        expected = target * (today - period.first).days / period.days
    is_met = actual.value <= target if kpi.better is Better.DOWN else actual.value >= expected
    if is_met:
        return Status.ON_TRACK
    return Status.MISSED if is_over else Status.BEHIND


def faults_in(kpi_key: str, slice_key: str, period: str, value: float) -> Iterator[DocumentFault]:
    """Say what is wrong with a target before it is kept."""
    kpi = BY_KEY.get(kpi_key)
    if kpi is None:
        yield DocumentFault("/kpi", "unknown_kpi", "GET /v1/kpis/definitions lists the KPIs")
    elif kpi.better is Better.NEITHER:
        yield DocumentFault("/kpi", "no_direction", "Neither way is better: it has no target")
    elif not (is_whole_slice(slice_key) and may_be_cut_by(kpi, slice_key)):
        yield DocumentFault("/slice", "unknown_slice", _slices_of(kpi))
    elif not kpi.low <= value <= kpi.high:
        text = f"It lies between {kpi.low:g} and {kpi.high:g}"
        yield DocumentFault("/value", "out_of_range", text)
    try:
        first = period_named(period).first
    except NoPeriod:
        text = "Write 2026, 2026-Q4, 2026-11, 2026-W47 or 2026-11-21"
        yield DocumentFault("/period", "no_period", text)
    else:
        if not EARLIEST <= first <= LATEST:
            text = f"Write a period from {EARLIEST} to {LATEST}"
            yield DocumentFault("/period", "out_of_range", text)


def _slices_of(kpi: Kpi) -> str:
    whole = [ALL] if may_be_cut_by(kpi, ALL) else []
    return f"Write {' or '.join([*whole, *(FORMS[cut] for cut in kpi.cuts)])}"
