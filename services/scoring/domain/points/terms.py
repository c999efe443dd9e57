"""How a version of a programme gives points, read from its valid document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.scoring.domain.points.calendar import Calendar, months_after
from services.scoring.domain.programmes.metrics import decimals_of, scaled

ONE_MILLI: Final = 1000


@dataclass(frozen=True, slots=True)
class ReferralTerms:
    """Points for each customer somebody brings, up to `most` a calendar year.

    `min_order`: the new customer must first have bought for as much (minor units); None: need not.
    """

    points: int
    most: int
    min_order: int | None


@dataclass(frozen=True, slots=True)
class PointsTerms:
    """`points` per full `per` of an order's spend (minor units), times a tier's factor (milli).

    Orders below `min_order`, beyond the first `orders_a_day` of a local day or before `starts_on`
    earn nothing; points count once `pending` has passed.
    """

    per: int
    points: int
    factors: Mapping[str, int]
    min_order: int
    orders_a_day: int | None
    starts_on: date | None
    pending: timedelta
    expiry_months: int | None
    is_year_end: bool
    referral: ReferralTerms | None

    def points_of(self, spend: int, tier_key: str | None) -> int:
        """Tell what an order of this net spend earns in a tier."""
        if spend < max(self.min_order, self.per):
            return 0
        return spend // self.per * self.points * self.factors.get(tier_key or "", ONE_MILLI) // 1000

    def expiry_of(self, at: datetime, calendar: Calendar) -> datetime | None:
        """Tell when points of an instant expire; None: never."""
        if self.expiry_months is None:
            return None
        ends = months_after(calendar.day_of(at), self.expiry_months)
        if self.is_year_end and ends.year < date.max.year:
            ends = date(ends.year + 1, 1, 1)
        return calendar.start_of(ends) if ends < date.max else None


@dataclass(frozen=True, slots=True)
class TermsInForce:
    """The terms of a version from an instant on (None: ever since); no terms give no points."""

    terms: PointsTerms | None
    since: datetime | None


def terms_at(schedule: Sequence[TermsInForce], at: datetime) -> PointsTerms | None:
    """Find the terms in force at an instant; versions are listed in the order they took effect."""
    current = None
    for in_force in schedule:
        if in_force.since is None or in_force.since <= at:
            current = in_force.terms
    return current


def read_terms(document: Mapping[str, Any]) -> PointsTerms | None:
    """Read the points of a valid document; None where it gives none."""
    points: Mapping[str, Any] | None = document.get("points")
    if points is None:
        return None
    earn, expiry = points["earn"], points.get("expiry", {})
    counting: Mapping[str, Any] = document.get("counting", {})
    decimals = decimals_of("spend", document["currency"])
    least = points.get("min_order", counting.get("min_order", "0"))
    starts_on: str | None = points.get("starts_on")
    return PointsTerms(
        per=_amount(earn["per"], decimals),
        points=earn["points"],
        factors={key: _amount(text, 3) for key, text in earn.get("tiers", {}).items()},
        min_order=_amount(least, decimals),
        orders_a_day=points.get("max_orders_per_day", counting.get("max_orders_per_day")),
        starts_on=None if starts_on is None else date.fromisoformat(starts_on),
        pending=timedelta(days=document.get("pending_days", 0)),
        expiry_months=expiry.get("months"),
        is_year_end=expiry.get("round") == "year_end",
        referral=_referral(points.get("referral"), decimals),
    )


def _referral(part: Mapping[str, Any] | None, decimals: int) -> ReferralTerms | None:
    if part is None:
        return None
    least: str | None = part.get("min_order")
    bought = None if least is None else _amount(least, decimals)
    return ReferralTerms(part["points"], part["max_per_year"], bought)


def _amount(text: str, decimals: int) -> int:
    value = scaled(text, decimals)
    if value is None:  # a valid document has no such text
        raise ValueError("not an amount of this currency")
    return value
