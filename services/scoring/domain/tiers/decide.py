"""Decide tiers: one customer or many by the same arithmetic, to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, day_of, take_customers
from services.scoring.domain.features import features
from services.scoring.domain.seen.lifecycle import lifecycle
from services.scoring.domain.tiers.answer import PROSPECT, Wording
from services.scoring.domain.tiers.decision import (
    Customer,
    Decision,
    StoredDecision,
    reason_of_change,
    sum_of_changes,
)
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Explained, Release, ServedModel
from services.scoring.domain.tiers.timeline import Calendar, Course, MidnightOf, advance, replay

# Below this a group moves the score by less than 5 %: not worth a word.
_SMALLEST_DRIVER = 0.05
_MOST_DRIVERS = 2
# Rows of features at once: a customer who is replayed takes one for each date since the release.
_MOST_ROWS = 100_000
Drivers = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """What decides: the release, the levels known, the business date, the zone's midnights."""

    release: Release
    levels: Levels
    today: date
    midnight_of: MidnightOf

    @property
    def length(self) -> int:
        """Count the dates from the reference date to today."""
        return max((self.today - self.release.reference_date).days + 1, 1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which dates of one customer must be scored: day numbers [first, today]."""

    order_days: list[date]
    orders: int
    first: int
    resumed: StoredDecision | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """One customer's season-free scores by date, and what moved the last one."""

    scores: list[tuple[date, float]]
    drivers: Drivers
    inputs_hash: bytes


def decide(customers: Sequence[Customer], days: CustomerDays, grid: Grid) -> list[Decision]:
    """Decide every customer for the grid's date; `days` holds theirs in the same order."""
    size = max(1, _MOST_ROWS // grid.length)
    if len(customers) <= size:
        return _decide(customers, days, grid)
    decisions: list[Decision] = []
    for start in range(0, len(customers), size):
        some = customers[start : start + size]
        part = take_customers(days, np.arange(start, start + len(some)))
        decisions += _decide(some, part, grid)
    return decisions


def _decide(customers: Sequence[Customer], days: CustomerDays, grid: Grid) -> list[Decision]:
    plans = [
        _plan(customer, order_days, orders, grid) if order_days else None
        for customer, order_days, orders in zip(
            customers, order_days_of(days, grid.today), order_counts(days, grid.today), strict=True
        )
    ]
    scored = iter(_score(days, plans, grid))
    return [
        _prospect(customer, grid) if plan is None else _decided(customer, plan, next(scored), grid)
        for customer, plan in zip(customers, plans, strict=True)
    ]


def order_days_of(days: CustomerDays, today: date) -> list[list[date]]:
    """List each customer's dates with an order, up to today."""
    known = (days.orders > 0) & (days.date <= day_number(today))
    rows = np.flatnonzero(known)
    named = {int(number): day_of(number) for number in np.unique(days.date[rows])}
    dates = [named[number] for number in days.date[rows].tolist()]
    ends = np.searchsorted(rows, days.offsets).tolist()
    return [dates[start:stop] for start, stop in pairwise(ends)]


def order_counts(days: CustomerDays, today: date) -> list[int]:
    """Count each customer's orders, up to today."""
    known = np.where(days.date <= day_number(today), days.orders, 0)
    sums = np.concatenate(([0], np.cumsum(known)))[days.offsets]
    return [int(count) for count in np.diff(sums)]


def _plan(customer: Customer, order_days: list[date], orders: int, grid: Grid) -> _Plan:
    first = max(grid.release.reference_date, order_days[0])
    stored = customer.stored
    if stored is not None and _can_resume(stored, customer, first, grid):
        return _Plan(order_days, orders, day_number(stored.course.day) + 1, stored)
    return _Plan(order_days, orders, day_number(min(first, grid.today)), None)


def _can_resume(stored: StoredDecision, customer: Customer, first: date, grid: Grid) -> bool:
    """Tell whether nothing on or before the stored date has changed since."""
    return (
        first <= stored.course.day < grid.today
        and stored.basis.version == customer.versions.facts
        and stored.basis.release_id == grid.release.release_id
        and stored.basis.levels_seen == grid.levels.seen(stored.course.day)
    )


def _score(days: CustomerDays, plans: Sequence[_Plan | None], grid: Grid) -> list[_Scored]:
    """Score all dates of all customers in one go."""
    places = [place for place, plan in enumerate(plans) if plan is not None]
    if not places:
        return []
    firsts = np.array([plan.first for plan in plans if plan is not None], dtype=np.int64)
    today = day_number(grid.today)
    counts = today - firsts + 1
    ends = np.cumsum(counts)
    dates = np.arange(ends[-1]) + np.repeat(firsts - (ends - counts), counts)
    X = features(
        days,
        dates + 1,
        grid.release.history_start,
        customers=np.repeat(np.array(places, dtype=np.int64), counts),
        columns=grid.release.model.columns,
        months=grid.release.model.months,
    )
    scores = (grid.release.model.raw_score(X) / _level_of(dates, grid)).tolist()
    last = np.ascontiguousarray(X[ends - 1])
    drivers = drivers_of(grid.release.model.explain(last))
    basis = basis_of(grid)
    hashes = [inputs_hash(basis, digest) for digest in digests_of(last, grid.release.model)]
    named = [day_of(number) for number in range(int(firsts.min()), today + 1)]
    base = int(firsts.min())
    starts = (ends - counts).tolist()
    return [
        _Scored(list(zip(named[first - base :], scores[start:end], strict=True)), moved, name)
        for first, start, end, moved, name in zip(
            firsts.tolist(), starts, ends.tolist(), drivers, hashes, strict=True
        )
    ]


def _level_of(dates: NDArray[np.int64], grid: Grid) -> NDArray[np.float64]:
    low, high = int(dates.min()), int(dates.max())
    table = np.array([grid.levels.at(day_of(number))[1] for number in range(low, high + 1)])
    return table[dates - low]


def digests_of(rows: NDArray[np.float64], model: ServedModel) -> list[bytes]:
    """Digest what a model reads of each row."""
    read = np.ascontiguousarray(rows[:, sorted(set(model.columns))])
    width, content = read.shape[1] * read.itemsize, read.tobytes()
    ends = range(width, len(content) + 1, width)
    return [sha256(content[end - width : end]).digest()[:16] for end in ends]


def basis_of(grid: Grid) -> bytes:
    """Name what all customers' decisions rest on: release, date and level."""
    level_date, level = grid.levels.at(grid.today)
    return f"{grid.release.release_id} {grid.today} {level_date} {level!r} ".encode()


def inputs_hash(basis: bytes, digest: bytes) -> bytes:
    """Name everything one customer's score rests on."""
    return sha256(basis + digest).digest()[:16]


def drivers_of(explained: Explained) -> list[Drivers]:
    """Name the strongest groups of each row."""
    groups = sorted(set(explained.groups))
    sums = np.zeros((len(explained.parts), len(groups)))
    for column, group in enumerate(explained.groups):  # column by column: the same bits in bulk
        sums[:, groups.index(group)] += explained.parts[:, column]
    strongest = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :_MOST_DRIVERS]
    moved = np.take_along_axis(sums, strongest, axis=1)
    named: dict[tuple[int, ...], Drivers] = {}
    result: list[Drivers] = []
    signed = np.where(np.abs(moved) < _SMALLEST_DRIVER, 0, np.sign(moved)).astype(np.int64)
    for key in map(tuple, np.concatenate([strongest, signed], axis=1).tolist()):
        if key not in named:
            half = len(key) // 2
            pairs = zip(key[:half], key[half:], strict=True)
            named[key] = tuple((groups[group], sign > 0) for group, sign in pairs if sign)
        result.append(named[key])
    return result


def _decided(customer: Customer, plan: _Plan, scored: _Scored, grid: Grid) -> Decision:
    course = _course(customer, plan, scored, grid)
    release, standing = grid.release, course.standing
    tier = release.programme.tiers[standing.rank]
    stage = lifecycle(plan.order_days, grid.today)
    wording = Wording(
        rank=standing.rank,
        lifecycle=stage,
        is_kept=standing.score < release.rules.cuts.enter[standing.rank],
        is_provisional=plan.orders == 1,
        drivers=scored.drivers,
    )
    before = plan.resumed.changes_sum if plan.resumed else 0
    return Decision(
        profile_id=customer.profile_id,
        versions=customer.versions,
        business_date=grid.today,
        level_date=grid.levels.at(grid.today)[0],
        tier_key=tier.key,
        rank=standing.rank,
        since=course.since,
        lifecycle=stage,
        course=course,
        is_resumed=plan.resumed is not None,
        levels_seen=grid.levels.seen(grid.today),
        changes_sum=sum_of_changes(course.changes, before),
        inputs_hash=scored.inputs_hash,
        answer=release.printer.decided(customer.customer_id, course.since, wording),
        because=reason_of_change(customer, release.release_id, tier.key, course),
        tier_before=customer.last_told[0] if customer.last_told else None,
    )


def _course(customer: Customer, plan: _Plan, scored: _Scored, grid: Grid) -> Course:
    calendar = Calendar(grid.midnight_of, customer.moments)
    if plan.resumed is not None:
        return advance(plan.resumed.course, scored.scores, grid.release.rules, calendar)
    return replay(scored.scores, grid.release.rules, calendar, plan.order_days[0])


def _prospect(customer: Customer, grid: Grid) -> Decision:
    release = grid.release
    since = grid.midnight_of(release.reference_date)
    tier = release.programme.entry
    return Decision(
        profile_id=customer.profile_id,
        versions=customer.versions,
        business_date=grid.today,
        level_date=None,
        tier_key=tier.key,
        rank=tier.rank,
        since=since,
        lifecycle=PROSPECT,
        course=None,
        is_resumed=False,
        levels_seen=grid.levels.seen(grid.today),
        changes_sum=0,
        inputs_hash=None,
        answer=release.printer.prospect(customer.customer_id, since),
        because=reason_of_change(customer, release.release_id, tier.key, None),
        tier_before=customer.last_told[0] if customer.last_told else None,
    )
