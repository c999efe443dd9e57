"""Where a customer stands in their life with the shop, judged by their own rhythm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from operator import lt, sub
from statistics import median

NEW_DAYS = 30
REACTIVATED_DAYS = 30
AT_RISK_RHYTHMS = 1.5
CHURNED_RHYTHMS = 3.0
# Without a rhythm of their own a customer is at risk after 90 days and churned after 180.
DEFAULT_RHYTHM_DAYS = 60.0
# Two gaps make a rhythm; one may be chance.
FEWEST_GAPS = 2
# Who comes daily has not churned after a long weekend.
SHORTEST_RHYTHM_DAYS = 7.0
_SHORTEST_CHURN_DAYS = CHURNED_RHYTHMS * SHORTEST_RHYTHM_DAYS


class Lifecycle(StrEnum):
    """Stages from never bought to come back."""

    PROSPECT = "prospect"
    NEW = "new"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    CHURNED = "churned"
    REACTIVATED = "reactivated"


def lifecycle(order_dates: Sequence[date], business_date: date) -> Lifecycle:
    """Judge a customer by their order dates up to the business date.

    `order_dates` rise; dates after the business date are not looked at, repeated ones count
    once. Thresholds are passed when exceeded: 30 days after the first order is still new.
    """
    dates = _known(order_dates, business_date)
    if not dates:
        return Lifecycle.PROSPECT
    if (business_date - dates[0]).days <= NEW_DAYS:
        return Lifecycle.NEW
    quiet, rhythm = (business_date - dates[-1]).days, _rhythm(dates)
    if quiet > CHURNED_RHYTHMS * rhythm:
        return Lifecycle.CHURNED
    if _return_date(dates, business_date) is not None:
        return Lifecycle.REACTIVATED
    return Lifecycle.AT_RISK if quiet > AT_RISK_RHYTHMS * rhythm else Lifecycle.ACTIVE


def next_lifecycle_change(order_dates: Sequence[date], business_date: date) -> date | None:
    """Give the first later date on which the stage differs without another order, if any."""
    dates = _known(order_dates, business_date)
    if not dates:
        return None
    rhythm, now = _rhythm(dates), lifecycle(dates, business_date)
    returned = _return_date(dates, business_date)
    ends = [
        dates[0] + timedelta(days=NEW_DAYS + 1),
        *([returned + timedelta(days=REACTIVATED_DAYS + 1)] if returned else []),
        *(dates[-1] + timedelta(days=int(part * rhythm) + 1) for part in _PARTS),
    ]
    later = sorted(end for end in ends if end > business_date)
    return next((end for end in later if lifecycle(dates, end) is not now), None)


_PARTS = (AT_RISK_RHYTHMS, CHURNED_RHYTHMS)


def _known(order_dates: Sequence[date], business_date: date) -> list[date]:
    dates = list(order_dates)
    # Facts come rising and up to today: look before sorting, for this runs for everybody.
    if dates and dates[-1] <= business_date and all(map(lt, dates, islice(dates, 1, None))):
        return dates
    return sorted({day for day in dates if day <= business_date})


def own_rhythm(dates: Sequence[date]) -> float | None:
    """Give the median gap in days between rising order dates; None where there is no rhythm yet."""
    numbers = [day.toordinal() for day in dates]
    gaps = list(map(sub, islice(numbers, 1, None), numbers))
    return float(median(gaps)) if len(gaps) >= FEWEST_GAPS else None


def _rhythm(dates: Sequence[date]) -> float:
    """Give the gap that judges a customer: their own, no shorter than a week, or the default."""
    own = own_rhythm(dates)
    return DEFAULT_RHYTHM_DAYS if own is None else max(own, SHORTEST_RHYTHM_DAYS)


def _return_date(dates: Sequence[date], business_date: date) -> date | None:
    """Find the latest return from a churned gap that is at most 30 days old."""
    for position in range(len(dates) - 1, 0, -1):
        if (business_date - dates[position]).days > REACTIVATED_DAYS:
            return None
        gap = (dates[position] - dates[position - 1]).days
        if gap > _SHORTEST_CHURN_DAYS and gap > CHURNED_RHYTHMS * _rhythm(dates[:position]):
            return dates[position]
    return None
