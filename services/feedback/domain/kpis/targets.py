"""Where a KPI stands against what somebody set out to reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.feedback.domain.fault import DocumentFault
from services.feedback.domain.kpis.definition import Better, Kpi, may_be_cut_by
from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.figures import Figure
from services.feedback.domain.kpis.periods import NoPeriod, Period, period_named


class Status(StrEnum):
    """How it looks."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI of a slice should be in a period; money in minor units."""

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
    elif not may_be_cut_by(kpi, slice_key):
        text = f"It is cut by {', '.join(kpi.cuts) or 'nothing'}: all, tier:<programme>:<tier>, ..."
        yield DocumentFault("/slice", "unknown_slice", text)
    elif not kpi.low <= value <= kpi.high:
        text = f"It lies between {kpi.low:g} and {kpi.high:g}"
        yield DocumentFault("/value", "out_of_range", text)
    try:
        period_named(period)
    except NoPeriod:
        text = "Write 2026, 2026-Q4, 2026-11, 2026-W47 or 2026-11-21"
        yield DocumentFault("/period", "no_period", text)
