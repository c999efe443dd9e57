"""Decide status tiers: from a customer's facts at an instant to what is stored and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import Final

from services.scoring.domain.seen.lifecycle import lifecycle, next_lifecycle_change
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.decision import (
    StatusCustomer,
    StatusDecision,
    StoredStatus,
    sum_of_items,
)
from services.scoring.domain.status.engine.history import Grant, History
from services.scoring.domain.status.engine.stand import Stand, stand
from services.scoring.domain.status.engine.timeline import Item
from services.scoring.domain.status.release import StatusRelease
from services.scoring.domain.tiers.decision import Because
from services.scoring.domain.tiers.timeline import MidnightOf

#: The next change of somebody whose tier never changes by itself.
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
#: Holds in which a fall is near enough to be announced.
_NEAR: Final = frozenset({"at_risk", "grace"})
_HOUR: Final = timedelta(hours=1)
_ROW: Final = Struct(">dd4q")


@dataclass(frozen=True, slots=True)
class Instant:
    """When is decided: the business instant, its date, and the midnights of the shop's zone."""

    now: datetime
    today: date
    midnight_of: MidnightOf


def decide_status(
    customers: Sequence[StatusCustomer], release: StatusRelease, instant: Instant
) -> list[StatusDecision]:
    """Decide every customer as of an instant, in their order."""
    return [_decided(customer, release, instant) for customer in customers]


def _decided(customer: StatusCustomer, release: StatusRelease, instant: Instant) -> StatusDecision:
    found = stand(release.schedule, history_of(customer, release, instant), instant.now)
    stage = lifecycle(customer.order_days, instant.today)
    tier_key = release.programme.rules.tiers[found.rank].key
    told = customer.last_told
    return StatusDecision(
        profile_id=customer.profile_id,
        versions=customer.versions,
        rank=found.rank,
        tier_key=tier_key,
        since=found.since,
        lifecycle=stage,
        status=found.status,
        valid_until=found.until,
        next_change_at=_next_change(customer, found, instant),
        due_at=_due(customer, found, release, instant.now),
        items=found.items,
        items_sum=sum_of_items(found.items),
        fall=found.warn if found.status in _NEAR else None,
        inputs_hash=_inputs_hash(customer, release),
        answer=release.printer.decided(customer.customer_id, found, stage),
        because=_because(customer, release.release_id, tier_key, found),
        tier_before=None if told is None else told[0],
    )


def history_of(customer: StatusCustomer, release: StatusRelease, instant: Instant) -> History:
    """Lay out all that decides a customer's tiers.

    Enrolled is who their profile says is since then (`enrolled_at`), else whoever was first seen
    by an order, a grant or a pin: the same whatever the facts arrive by. Without any, the customer
    stands in the entry tier since the release's date.
    """
    known = [row.at for row in customer.rows if row.reverses is None]
    known += [grant.starts_at for grant in customer.grants]
    known += [pin.starts_at for pin in customer.pins]
    seen = [at for at in known if at <= instant.now]
    first = min(seen, default=instant.midnight_of(release.reference_date))
    told = customer.enrolled_at
    enrolled_at = first if told is None or told > instant.now else told
    entries = release.counter.count(customer.rows)
    grants = [_named(grant, release) for grant in customer.grants]
    return History(min(enrolled_at, instant.now), entries, customer.pins, grants)


def _named(grant: Grant, release: StatusRelease) -> Grant:
    """Take a grant that names no tier for the lowest one that asks for its kind."""
    if grant.tier_key:
        return grant
    tiers = release.programme.rules.tiers
    key = next((tier.key for tier in tiers if tier.enter.grant == grant.kind), tiers[0].key)
    return replace(grant, tier_key=key)


def _next_change(customer: StatusCustomer, found: Stand, instant: Instant) -> datetime:
    day = next_lifecycle_change(customer.order_days, instant.today)
    ends = [found.next_change_at, None if day is None else instant.midnight_of(day)]
    if customer.enrolled_at is not None and customer.enrolled_at > instant.now:
        ends.append(customer.enrolled_at)  # from then on what the profile says counts
    return min((end for end in ends if end is not None), default=NEVER)


def _due(
    customer: StatusCustomer, found: Stand, release: StatusRelease, now: datetime
) -> datetime | None:
    """Tell when tier or status may change by themselves; progress alone needs no review."""
    rules = release.programme.rules
    if rules.validity.kind == "floating" or rules.upgrade == "period_end":
        return found.next_change_at
    ends = [found.until, found.grace_until]
    if found.until is not None:
        # a day's length differs by an hour where clocks change
        warning = found.until - timedelta(days=rules.warn_days)
        ends += [warning, warning + _HOUR, warning + 2 * _HOUR]
    if rules.pending_days:
        pending = timedelta(days=rules.pending_days)
        ends += [row.at + pending + hours for row in customer.rows for hours in (0 * _HOUR, _HOUR)]
    ends += [end for pin in customer.pins for end in (pin.starts_at, pin.ends_at)]
    ends += [end for grant in customer.grants for end in (grant.starts_at, grant.ends_at)]
    return min((end for end in ends if end is not None and end > now), default=None)


def _inputs_hash(customer: StatusCustomer, release: StatusRelease) -> bytes:
    """Name what the decision rests on, in an order of its own."""
    digest = sha256(f"{release.programme.key} {release.release_id} {customer.enrolled_at}".encode())
    digest.update(b"".join(sorted(map(_packed, customer.rows))))
    for each in sorted(map(repr, (*customer.pins, *customer.grants))):
        digest.update(each.encode())
    return digest.digest()


def _packed(row: EntryRow) -> bytes:
    entry_id, reverses, at, known_at, *sums = row
    return entry_id + (reverses or b"") + _ROW.pack(at.timestamp(), known_at.timestamp(), *sums)


def _because(customer: StatusCustomer, release_id: int, tier_key: str, found: Stand) -> str | None:
    """Say why the told tier differs from the newest in history; None where it does not."""
    told = customer.last_told
    if told is None:
        return Because.FIRST_DECISION
    if told[0] == tier_key:
        return None
    if told[1] != release_id:
        return Because.RELEASE
    if customer.stored is None or is_correction(customer.stored, found.items):
        return Because.CORRECTION
    return _reason_of_rank(found.items)


def is_correction(stored: StoredStatus, items: Sequence[Item]) -> bool:
    """Tell whether a timeline says something else of the time before a stored decision."""
    if sum_of_items(items[: stored.items]) != stored.items_sum:
        return True
    return any(item.at < stored.decided_at for item in items[stored.items :])


def _reason_of_rank(items: Sequence[Item]) -> str:
    """Give the reason of the last change of tier; what follows it may have moved its end only."""
    for place in range(len(items) - 1, 0, -1):
        if items[place].rank != items[place - 1].rank:
            return items[place].reason
    return items[0].reason
