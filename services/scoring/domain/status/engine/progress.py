"""What is missing to reach the next tier and to keep the one held, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.scoring.domain.status.engine.calendars import FOREVER, end_of
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.floating import Floating
from services.scoring.domain.status.engine.history import GrantKind
from services.scoring.domain.status.engine.ladder import Bar
from services.scoring.domain.status.engine.ledger import Ledger
from services.scoring.domain.status.engine.machine import Machine
from services.scoring.domain.status.engine.rules import Rules

#: When a tier begins for whoever already has what it asks.
Begins = Literal["next_order", "period_end"]


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing to reach or to keep a tier.

    `needs`: (metric, how much is missing) in the metric's integer unit; with `is_any` one of them
    is enough, else all are needed. `grant`: a kind of grant that must be active and is not.
    `by`: until when (None: no date). `begins`: nothing is missing, and this is what it waits for.
    """

    tier_key: str
    needs: tuple[tuple[str, int], ...]
    is_any: bool
    grant: GrantKind | None
    by: datetime | None
    begins: Begins | None = None


def _awaited_rank(machine: Machine, rank: int, active: frozenset[GrantKind], now: int) -> int:
    """Find the highest rank above one that the sums enter already; 0 where there is none.

    Rules are asked with orders: after a new version took over, or before a period ends, somebody
    may have what a tier asks and not hold it yet.
    """
    desk = machine.desk
    if isinstance(machine, Floating):
        return 0
    ladder, sums = desk.ladder, desk.window_sums(now)
    for above in range(len(desk.rules.tiers) - 1, max(machine.rank, rank), -1):
        asked = ladder.asks[above]
        if ladder.enters[above].holds(sums) and (asked is None or asked in active):
            return above
    return 0


def awaited_next(
    machine: Machine, rank: int, active: frozenset[GrantKind], now: int
) -> Missing | None:
    """Tell which tier above a rank is met and only waits to begin, and for what; None: none."""
    desk = machine.desk
    if not (met := _awaited_rank(machine, rank, active, now)):
        return None
    begins = begins_of(desk.rules)
    return Missing(
        desk.rules.tiers[met].key,
        (),
        is_any=False,
        grant=None,
        by=end_of(_end(desk, now)),
        begins=begins,
    )


def begins_of(rules: Rules) -> Begins:
    """Say what a tier that is met waits for."""
    return "period_end" if rules.upgrade == "period_end" else "next_order"


def missing_to_next(
    machine: Machine, metrics: Sequence[str], rank: int, active: frozenset[GrantKind], now: int
) -> Missing | None:
    """Tell what is missing to the tier above a rank; None at the top."""
    desk = machine.desk
    above = rank + 1
    if above >= len(desk.rules.tiers):
        return None
    asked = desk.ladder.asks[above]
    needs, is_any = needs_of(desk.ladder.enters[above], desk.window_sums(now), metrics)
    grant = asked if asked is not None and asked not in active else None
    return Missing(desk.rules.tiers[above].key, needs, is_any, grant, end_of(_end(desk, now)))


def _end(desk: Desk, now: int) -> int:
    """Find when what counts now is over; FOREVER where no period ends."""
    return desk.periods.start(desk.periods.number_of(now) + 1) if desk.is_periodic else FOREVER


def missing_to_keep(machine: Machine, metrics: Sequence[str], now: int) -> Missing | None:
    """Tell what is missing to keep the tier earned beyond its end; None if it has none.

    None also where the time to save it is over.
    """
    desk, rank = machine.desk, machine.rank
    if rank == 0 or machine.until >= FOREVER:
        return None
    sums, by = _measured(machine, now)
    if by >= FOREVER:
        return None
    needs, is_any = needs_of(desk.ladder.keeps[rank], sums, metrics)
    if needs and by <= now:
        return None
    return Missing(desk.rules.tiers[rank].key, needs, is_any, None, end_of(by))


def missing_to_float(desk: Desk, metrics: Sequence[str], rank: int, fall: int) -> Missing:
    """Tell what is missing to keep a tier that will fall with its window at an instant."""
    needs, is_any = needs_of(desk.ladder.keeps[rank], desk.window_sums(fall), metrics)
    return Missing(desk.rules.tiers[rank].key, needs, is_any, None, end_of(fall))


def _measured(machine: Machine, now: int) -> tuple[list[int], int]:
    """Give what keep is measured over as things stand, and the last moment to change it."""
    desk, until = machine.desk, machine.until
    if isinstance(machine, Ledger):
        return desk.window_sums(now), until
    if desk.rules.downgrade == "never":
        return desk.window_sums(now), FOREVER
    if machine.grace_end != FOREVER:
        return desk.grace_sums(machine.since, until, now), machine.grace_end
    return desk.review_sums(machine.since, until), _last_moment(desk, until)


def _last_moment(desk: Desk, until: int) -> int:
    if desk.is_periodic and desk.rules.keep_window == "same":
        return desk.periods.start(desk.periods.number_of(until))
    return until


def needs_of(
    bar: Bar, sums: Sequence[int], metrics: Sequence[str]
) -> tuple[tuple[tuple[str, int], ...], bool]:
    """List what is missing, metric by metric, and whether one of them is enough."""
    every = [(metrics[p], least - sums[p]) for p, least in bar.all if sums[p] < least]
    some = [(metrics[p], least - sums[p]) for p, least in bar.any]
    if every or any(missing <= 0 for _, missing in some):
        return tuple(every), False
    return tuple(some), bool(some)
