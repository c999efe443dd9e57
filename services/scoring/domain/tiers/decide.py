"""Decide tiers: one customer or many by the same arithmetic, to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, day_of, take_customers
from services.scoring.domain.features import features
from services.scoring.domain.seen.lifecycle import lifecycle
from services.scoring.domain.tiers.answer import PROSPECT, Wording, over_of
from services.scoring.domain.tiers.class_marks import marks_of
from services.scoring.domain.tiers.classes import ClassRelease, Look
from services.scoring.domain.tiers.decision import (
    Because,
    Customer,
    Decision,
    StoredDecision,
    reason_of_change,
    sum_of_changes,
)
from services.scoring.domain.tiers.inputs import (
    Drivers,
    digests_of,
    drivers_of,
    inputs_hash,
    order_counts,
    order_days_of,
)
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.overlay import Shown, reason_of_shown, shown_of
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import (
    Calendar,
    Course,
    MidnightOf,
    TierChange,
    advance,
    replay,
)

# Rows of features at once: a customer who is replayed takes one for each date since the release.
_MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Grid:
    """What decides: the release, the levels known, the business date, the zone's midnights.

    `now`: the instant within the date, which pins and grants look at; its last one if not told.
    """

    release: Release
    levels: Levels
    today: date
    midnight_of: MidnightOf
    now: datetime | None = None

    @property
    def length(self) -> int:
        """Count the dates from the reference date to today."""
        return max((self.today - self.release.reference_date).days + 1, 1)

    @property
    def instant(self) -> datetime:
        """Give the instant that is decided for."""
        ends = self.midnight_of(self.today + timedelta(days=1))
        return self.now or ends - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which dates of one customer must be scored: day numbers [first, today]."""

    order_days: list[date]
    orders: int
    first: int
    resumed: StoredDecision | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """One customer's season-free scores (or marks) by date, and what moved the last score."""

    scores: list[tuple[date, float]]
    drivers: Drivers
    inputs_hash: bytes
    score: float
    look: Look | None = None


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
        _prospect(customer, grid)
        if plan is None
        else _decided(customer, plan, _marked(next(scored), customer, days, place, grid), grid)
        for place, (customer, plan) in enumerate(zip(customers, plans, strict=True))
    ]


def _marked(
    scored: _Scored, customer: Customer, days: CustomerDays, place: int, grid: Grid
) -> _Scored:
    """Put marks in place of scores where conditions make the classes."""
    release = grid.release
    if not isinstance(release, ClassRelease):
        return scored
    marks, look = marks_of(release, customer, days, place, scored.scores)
    return replace(scored, scores=marks, look=look)


def _plan(customer: Customer, order_days: list[date], orders: int, grid: Grid) -> _Plan:
    first = max(grid.release.reference_date, order_days[0])
    stored = customer.stored
    if stored is not None and _can_resume(stored, customer, first, grid):
        return _Plan(order_days, orders, day_number(stored.course.day) + 1, stored)
    return _Plan(order_days, orders, day_number(min(first, grid.today)), None)


def _can_resume(stored: StoredDecision, customer: Customer, first: date, grid: Grid) -> bool:
    """Tell whether nothing on or before the stored date has changed since."""
    return (
        # pins and grants are laid over a whole timeline
        not customer.has_controls
        and first <= stored.course.day < grid.today
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
        _Scored(
            list(zip(named[first - base :], scores[start:end], strict=True)),
            moved,
            name,
            scores[end - 1],
        )
        for first, start, end, moved, name in zip(
            firsts.tolist(), starts, ends.tolist(), drivers, hashes, strict=True
        )
    ]


def _level_of(dates: NDArray[np.int64], grid: Grid) -> NDArray[np.float64]:
    low, high = int(dates.min()), int(dates.max())
    table = np.array([grid.levels.at(day_of(number))[1] for number in range(low, high + 1)])
    return table[dates - low]


def basis_of(grid: Grid) -> bytes:
    """Name what all customers' decisions rest on: release, date and level."""
    level_date, level = grid.levels.at(grid.today)
    return f"{grid.release.release_id} {grid.today} {level_date} {level!r} ".encode()


def _decided(customer: Customer, plan: _Plan, scored: _Scored, grid: Grid) -> Decision:
    course = _course(customer, plan, scored, grid)
    release, standing = grid.release, course.standing
    shown = shown_of(customer, release.programme.ranks, course.changes, grid.instant)
    rank, since = (shown.rank, shown.since) if shown else (standing.rank, course.since)
    changes = shown.changes if shown else course.changes
    tier = release.programme.tiers[rank]
    stage = lifecycle(plan.order_days, grid.today)
    is_kept = release.rules.cuts.entered(standing.score) < standing.rank
    look = scored.look
    wording = Wording(
        rank=rank,
        lifecycle=stage,
        is_kept=is_kept,
        is_provisional=plan.orders == 1,
        drivers=scored.drivers,
        over=over_of(shown, standing.rank),
        grounds=look.grounds(standing.rank, is_kept=is_kept) if look else (),
    )
    return Decision(
        profile_id=customer.profile_id,
        versions=customer.versions,
        business_date=grid.today,
        level_date=grid.levels.at(grid.today)[0],
        tier_key=tier.key,
        rank=rank,
        since=since,
        lifecycle=stage,
        course=course,
        is_resumed=plan.resumed is not None,
        levels_seen=grid.levels.seen(grid.today),
        changes_sum=sum_of_changes(changes, plan.resumed.changes_sum if plan.resumed else 0),
        inputs_hash=scored.inputs_hash,
        answer=release.printer.decided(customer.customer_id, since, wording),
        because=_because(customer, tier.key, course, shown, grid),
        tier_before=customer.last_told[0] if customer.last_told else None,
        changes=changes,
        earned=standing.rank if shown else None,
        is_pinned=shown is not None and shown.is_pinned,
        changes_at=shown.changes_at if shown else None,
        until=shown.until if shown else None,
        score=scored.score,
        mark=int(standing.score) if look else None,
    )


def _because(
    customer: Customer, tier_key: str, course: Course | None, shown: Shown | None, grid: Grid
) -> Because | None:
    release_id = grid.release.release_id
    if shown is not None:
        return reason_of_shown(customer, release_id, tier_key, shown)
    return reason_of_change(customer, release_id, tier_key, course)


def _course(customer: Customer, plan: _Plan, scored: _Scored, grid: Grid) -> Course:
    calendar = Calendar(grid.midnight_of, customer.moments)
    if plan.resumed is not None:
        return advance(plan.resumed.course, scored.scores, grid.release.rules, calendar)
    return replay(scored.scores, grid.release.rules, calendar, plan.order_days[0])


def _prospect(customer: Customer, grid: Grid) -> Decision:
    release = grid.release
    began, entry = grid.midnight_of(release.reference_date), release.programme.entry.rank
    entered = (TierChange(began, entry, Move.ENTERED),)
    shown = shown_of(customer, release.programme.ranks, entered, grid.instant)
    rank, since = (shown.rank, shown.since) if shown else (entry, began)
    tier = release.programme.tiers[rank]
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
        changes_sum=sum_of_changes(shown.changes) if shown else 0,
        inputs_hash=None,
        answer=release.printer.prospect(customer.customer_id, since, rank, over_of(shown, entry)),
        because=_because(customer, tier.key, None, shown, grid),
        tier_before=customer.last_told[0] if customer.last_told else None,
        changes=shown.changes if shown else (),
        earned=entry if shown else None,
        is_pinned=shown is not None and shown.is_pinned,
        changes_at=shown.changes_at if shown else None,
        until=shown.until if shown else None,
    )
