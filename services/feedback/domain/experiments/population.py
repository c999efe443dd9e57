"""Whom an experiment can meet by the end of its days: what its progress is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from services.feedback.domain.experiments.experiment import HOLD_OUT, WHOLE, shares_of


@dataclass(frozen=True, slots=True)
class Purse:
    """What contacts may cost: of a calendar month, left of this one, and the cheapest of them.

    Minor units.
    """

    monthly: int
    left: int
    cost: int


def run_of(document: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """Tell the first and last planned day of an experiment that starts now, in the shop's zone."""
    starts_at, ends_at = document.get("starts_at"), document.get("ends_at")
    begins = now if starts_at is None else max(now, datetime.fromisoformat(starts_at))
    first = begins.astimezone(zone).date()
    design = document["design"].get("sequential") or document["design"]["fixed"]
    last = first + timedelta(days=design["days"] - 1)
    if ends_at is not None:
        last = min(last, datetime.fromisoformat(ends_at).astimezone(zone).date())
    return first, max(first, last)


def payable(purse: Purse, today: date, run: tuple[date, date]) -> int | None:
    """Count the contacts a monthly budget pays for between two days; None: they cost nothing."""
    if purse.cost <= 0:
        return None
    first, last = run
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    is_spent_from = (first.year, first.month) == (today.year, today.month)
    full = months - 1 if is_spent_from else months
    begun = max(0, purse.left) // purse.cost if is_spent_from else 0
    return begun + full * (purse.monthly // purse.cost)


def met_beside(contacts: int, document: Mapping[str, Any]) -> int:
    """Count who meets an experiment until so many are contacted: the hold-out uses no money."""
    treated = WHOLE - dict(shares_of(document))[HOLD_OUT]
    return ceil(contacts * WHOLE / treated)
