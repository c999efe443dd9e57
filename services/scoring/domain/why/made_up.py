"""What a tier would be with purchases nobody made: the decision itself, on made-up facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from services.scoring.domain.days import CustomerDays
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.deciding import Instant, decide_status
from services.scoring.domain.status.decision import StatusCustomer, StatusDecision
from services.scoring.domain.status.release import StatusRelease
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Customer, Decision
from services.scoring.domain.tiers.timeline import OrderMoments
from services.scoring.domain.why.amounts import Reached, smallest_amount
from services.scoring.domain.why.flip import in_variants

#: How far a fall is looked for: longer than a year's window and a year's validity.
FARTHEST_DAYS: Final = 800
_PIECE_MILLI: Final = 1000


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order that nobody made: net in minor units, on a date from today on."""

    net: int
    on: date


@dataclass(frozen=True, slots=True)
class Search:
    """How to look for an amount: in units of so many minor ones, up to `most`, above a rank."""

    unit: int
    most: int
    above: int


@dataclass(frozen=True, slots=True)
class Drop:
    """When a tier is lost if nothing is bought, and to which rank; None within `until`."""

    on: date | None
    rank: int | None
    until: date


def value_with(
    customer: Customer, days: CustomerDays, purchases: Sequence[Purchase], grid: Grid
) -> Decision:
    """Decide one customer of a value programme on the grid's date, made-up orders included.

    `days`: theirs up to today. An order holds their usual lines, pieces and discount. What was
    decided before is not gone on from, so nothing of it can be wrong.
    """
    for purchase in sorted(purchases, key=lambda each: each.on):
        if purchase.on <= grid.today:
            days = in_variants(days, purchase.on, [purchase.net])
    return decide([_anew(customer, purchases, grid)], days, grid)[0]


def _anew(customer: Customer, purchases: Sequence[Purchase], grid: Grid) -> Customer:
    """Forget what is stored; an order of a date is at its last instant, so that it counts."""
    made_up = {each.on: _moments(customer, each.on, grid) for each in purchases}
    moments = {**customer.moments, **made_up}
    return replace(customer, stored=None, stored_sum=None, moments=moments)


def _moments(customer: Customer, on: date, grid: Grid) -> OrderMoments:
    known = customer.moments.get(on)
    last = grid.midnight_of(on + timedelta(days=1)) - timedelta(microseconds=1)
    at = min(last, grid.instant)
    return OrderMoments(known.first_at, at) if known else OrderMoments(at, at)


def value_rise(
    customer: Customer, days: CustomerDays, grid: Grid, search: Search
) -> Reached | None:
    """Find the smallest order today, in whole units, that lifts a class above the rank earned."""
    ranks_after = partial(_ranks_after, customer, days, grid, search.unit)
    return smallest_amount(ranks_after, search.above, search.most)


def _ranks_after(
    customer: Customer, days: CustomerDays, grid: Grid, unit: int, units: Sequence[int]
) -> list[int]:
    anew = _anew(customer, [Purchase(0, grid.today)], grid)
    what_if = in_variants(days, grid.today, [each * unit for each in units])
    return [earned_rank(each) for each in decide([anew] * len(units), what_if, grid)]


def earned_rank(decision: Decision) -> int:
    """Give the rank beneath pins and grants."""
    return decision.rank if decision.earned is None else decision.earned


def value_drop(customer: Customer, days: CustomerDays, grid: Grid, rank: int) -> Drop | None:
    """Find when a class is lost without a purchase; None at the bottom."""
    if rank == 0:
        return None
    until = grid.today + timedelta(days=FARTHEST_DAYS)
    bare = replace(customer, pins=(), grants=())
    course = value_with(bare, days, (), replace(grid, today=until, now=None)).course
    changes = course.changes if course else ()
    later = (each for each in changes if each.at > grid.instant and each.rank < rank)
    found = next(later, None)
    if found is None:
        return Drop(None, None, until)
    # changes are at midnights of the shop's zone: the date that begins there
    on = next(day for day in _dates(grid.today, until) if grid.midnight_of(day) >= found.at)
    return Drop(on, found.rank, on)


def status_with(
    customer: StatusCustomer,
    release: StatusRelease,
    purchases: Sequence[tuple[datetime, Purchase]],
    instant: Instant,
) -> StatusDecision:
    """Decide one customer of a status programme at an instant, made-up orders included."""
    made_up = [_entry(customer, place, *each) for place, each in enumerate(purchases)]
    bought = [each.on for at, each in purchases if at <= instant.now]
    changed = replace(
        customer,
        rows=[*customer.rows, *made_up],
        order_days=sorted({*customer.order_days, *bought}),
    )
    return decide_status([changed], release, instant)[0]


def _entry(customer: StatusCustomer, place: int, at: datetime, purchase: Purchase) -> EntryRow:
    """Lay an order out as it would be booked, with the customer's usual margin and pieces."""
    bought = [row for row in customer.rows if row.reverses is None]
    spend = sum(row.spend for row in bought)
    share = sum(row.margin for row in bought) / spend if spend > 0 else 0.0
    pieces = sum(row.quantity_milli for row in bought) // len(bought) if bought else _PIECE_MILLI
    return EntryRow(
        entry_id=f"made up {place}".encode(),
        reverses=None,
        at=at,
        known_at=at,
        spend=purchase.net,
        margin=round(purchase.net * share),
        orders=1,
        quantity_milli=pieces,
    )


def status_drop(
    customer: StatusCustomer, release: StatusRelease, instant: Instant, rank: int
) -> Drop | None:
    """Find when a tier is lost without a purchase; None at the bottom."""
    if rank == 0:
        return None
    until = instant.today + timedelta(days=FARTHEST_DAYS)
    far = replace(instant, now=instant.midnight_of(until), today=until)
    items = decide_status([customer], release, far)[0].items
    later = (item for item in items if item.at > instant.now and item.rank < rank)
    found = next(later, None)
    if found is None:
        return Drop(None, None, until)
    on = found.at.astimezone(release.programme.zone).date()
    return Drop(on, found.rank, on)


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
