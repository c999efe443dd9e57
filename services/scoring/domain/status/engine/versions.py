"""The versions of a programme in the order they took effect, and handing over between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from services.scoring.domain.status.engine.book import Book
from services.scoring.domain.status.engine.calendars import FOREVER, microseconds
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.floating import Floating
from services.scoring.domain.status.engine.ladder import Ladder
from services.scoring.domain.status.engine.ledger import Ledger
from services.scoring.domain.status.engine.machine import Carried, Machine
from services.scoring.domain.status.engine.rules import Rules, same_tier
from services.scoring.domain.status.engine.track import Track

_FROM_EVER = -FOREVER


@dataclass(frozen=True, slots=True)
class InForce:
    """One version and since when it decides (None: from the first)."""

    rules: Rules
    since: datetime | None = None


class Schedule:
    """All versions, ready for deciding; shared by all customers."""

    __slots__ = ("ladders", "metrics", "since")

    def __init__(self, versions: Sequence[InForce]) -> None:
        self.metrics = tuple(
            dict.fromkeys(name for version in versions for name in version.rules.metrics)
        )
        self.ladders = [Ladder(version.rules, self.metrics) for version in versions]
        self.since = [
            _FROM_EVER if v.since is None or n == 0 else microseconds(v.since)
            for n, v in enumerate(versions)
        ]

    def place_at(self, t: int) -> int:
        """Find which version is in force at an instant."""
        return bisect_right(self.since, t) - 1

    def switch_after(self, place: int) -> int:
        """Tell when the version after this one takes over; FOREVER if none does."""
        return self.since[place + 1] if place + 1 < len(self.since) else FOREVER

    def rank_of(self, tier_key: str, place: int) -> int | None:
        """Find a tier's rank in a version, also of a tier that only an older version has."""
        rules = self.ladders[place].rules
        for former in (rules, *(ladder.rules for ladder in self.ladders[place::-1])):
            rank = former.rank_of(tier_key)
            if rank is not None:
                return same_tier(former, rules, rank)
        return None

    def waits(self, at: int) -> int:
        """Tell when a purchase of an instant counts: after the pending days of its version."""
        ladder = self.ladders[self.place_at(at)]
        days = ladder.rules.pending_days
        return ladder.zone.add_days(at, days) if days else at


@lru_cache(maxsize=64)
def _prepared(versions: tuple[InForce, ...]) -> Schedule:
    return Schedule(versions)


def schedule_of(versions: Sequence[InForce]) -> Schedule:
    """Make versions ready for deciding, once."""
    return _prepared(tuple(versions))


def first_machine(ladder: Ladder, book: Book, enrolled: int) -> Machine:
    """Begin at rank 0 on the day of enrolment."""
    nothing = Carried(0, FOREVER, enrolled, enrolled, 0, FOREVER, is_promised=False)
    return _machine(Desk(ladder, book, enrolled), nothing, enrolled)


def handed_over(old: Machine, ladder: Ladder, enrolled: int, t: int) -> Machine:
    """Go on with a new version: the tier held stays, and lasts at least as long as was told."""
    before = old.carried()
    rules, former = ladder.rules, old.desk.rules
    rank = same_tier(former, rules, before.rank)
    carried = replace(before, rank=rank, ledger=_by_new_rank(before.ledger, former, rules))
    if rank == 0:
        carried = replace(carried, until=FOREVER, grace_end=FOREVER)
    elif before.ledger and rules.validity.kind == "months" and before.until < FOREVER:
        anchor = ladder.zone.add_months(before.until, -rules.validity.months)
        carried = replace(carried, anchor=anchor)
    return _machine(Desk(ladder, old.desk.book, enrolled), carried, t)


def _by_new_rank(
    dates: Sequence[tuple[int, int]], former: Rules, rules: Rules
) -> tuple[tuple[int, int], ...]:
    if not dates:
        return ()
    moved = [(0, 0)] * len(rules.tiers)
    for rank, (earned, landed) in enumerate(dates):
        place = same_tier(former, rules, rank)
        if place:
            moved[place] = max(moved[place][0], earned), max(moved[place][1], landed)
    return tuple(moved)


def _machine(desk: Desk, carried: Carried, t: int) -> Machine:
    rules = desk.rules
    if rules.validity.kind == "floating":
        return Floating(desk, carried, t)
    if rules.qualification == "ledger":
        return Ledger(desk, carried, t)
    return Track(desk, carried, t)
