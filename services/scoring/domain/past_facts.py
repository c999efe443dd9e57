"""A customer's facts as of a past version, as ingest folds them: what is read of them here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import numpy as np

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number, pack_days
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.engine.history import Grant
from services.scoring.domain.tiers.timeline import OrderMoments


class PastOrder(Protocol):
    """One order."""

    effective_at: datetime
    business_date: date
    quantity_milli: int
    returned_quantity_milli: int
    is_void: bool


class PastLine(Protocol):
    """One line of an order."""

    category: str | None


class PastEntry(Protocol):
    """What programmes read."""

    entry_id: bytes
    reverses: bytes | None
    at: datetime
    known_at: datetime
    spend: int
    margin: int
    orders: int
    quantity_milli: int


class PastMembership(Protocol):
    """A paid membership."""

    membership_id: bytes
    programme_key: str
    tier_key: str | None
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    order_key: bytes | None


class PastFacts(Protocol):
    """Fact rows by key."""

    days: Mapping[date, Mapping[str, int]]
    orders: Mapping[bytes, PastOrder]
    lines: Mapping[tuple[bytes, int], PastLine]
    entries: Mapping[bytes, PastEntry]
    memberships: Mapping[bytes, PastMembership]


class Away(Protocol):
    """A time in which a customer counted for somebody else; `is_over` at the version looked at."""

    since: datetime
    until: datetime | None
    is_over: bool


class FactsThen(Protocol):
    """A customer at a past version: facts, who counted for them since when, their consents.

    `away`: when they counted for somebody else, at whatever version.
    """

    facts: PastFacts
    members: Mapping[UUID, datetime | None]
    away: Sequence[Away]
    consents: Mapping[str, bool]


def packed(facts: PastFacts, today: date) -> CustomerDays:
    """Pack one customer's days up to a date."""
    days = sorted(day for day in facts.days if day <= today)
    columns = {name: [facts.days[day].get(name, 0) for day in days] for name in COLUMNS}
    return pack_days(
        np.array([0, len(days)]),
        np.array([day_number(day) for day in days], dtype=np.int32),
        **{name: np.array(values, dtype=np.int64) for name, values in columns.items()},
    )


def order_days(facts: PastFacts, today: date) -> list[date]:
    """List the dates with an order up to a date, rising."""
    return sorted(d for d, row in facts.days.items() if d <= today and row.get("orders", 0) > 0)


def moments(facts: PastFacts, since: date, today: date) -> dict[date, OrderMoments]:
    """Tell when the orders of each date took effect."""
    found: dict[date, list[datetime]] = {}
    for order in facts.orders.values():
        if not order.is_void and since <= order.business_date <= today:
            found.setdefault(order.business_date, []).append(order.effective_at)
    return {day: OrderMoments(min(at), max(at)) for day, at in found.items()}


def categories(facts: PastFacts, today: date) -> tuple[tuple[int, str], ...]:
    """List (day number, category) of what was bought up to a date, rising."""
    bought = {
        (day_number(facts.orders[key].business_date), line.category)
        for (key, _), line in facts.lines.items()
        if line.category is not None
        and not facts.orders[key].is_void
        and facts.orders[key].business_date <= today
    }
    return tuple(sorted(bought))


def entry_rows(facts: PastFacts) -> list[EntryRow]:
    """List entries as status programmes count them."""
    return [
        EntryRow(
            each.entry_id,
            each.reverses,
            each.at,
            each.known_at,
            each.spend,
            each.margin,
            each.orders,
            each.quantity_milli,
        )
        for each in facts.entries.values()
    ]


def paid_grants(facts: PastFacts, programme: str) -> list[Grant]:
    """List paid memberships of a programme as grants, as `status_facts.py` reads them."""
    found = []
    for paid in facts.memberships.values():
        if paid.programme_key != programme:
            continue
        ends = [paid.ends_at, paid.ended_at, _undone_at(facts, paid)]
        end = min((at for at in ends if at is not None), default=None)
        if end is None or end > paid.starts_at:
            key = paid.membership_id.hex()
            found.append(Grant(key, "paid", paid.tier_key or "", paid.starts_at, end))
    return sorted(found, key=lambda grant: grant.grant_id)


def _undone_at(facts: PastFacts, paid: PastMembership) -> datetime | None:
    """Tell when all of the order came back that a membership was paid with."""
    order = None if paid.order_key is None else facts.orders.get(paid.order_key)
    if order is None:
        return None
    if order.is_void:
        return paid.starts_at
    if order.returned_quantity_milli < order.quantity_milli:
        return None
    back = (e.known_at for e in facts.entries.values() if e.reverses == paid.order_key)
    return max(back, default=None)
