"""Who of the candidates gets a task, and who is held back and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.feedback.domain.care.playbook import Cap


class Hold(StrEnum):
    """Why somebody gets no task."""

    NO_CUSTOMER_ID = "no_customer_id"
    CONSENT = "consent"
    HOLD_OUT = "hold_out"
    CAP = "cap"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that was made or is planned: the channel, and when it was decided."""

    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """A contact a playbook wants: with whom, by which channel, for how much (minor units)."""

    profile_id: UUID
    once_key: str
    channel: str
    cost: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds wishes back: caps, what is left of the month's budget (None: no limit), and arms.

    `held_out`: the people whom an experiment leaves alone.
    """

    caps: Sequence[Cap]
    left: int | None = None
    held_out: Collection[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The wishes that are granted, who is held back why, and whether the budget gave out.

    `met`: the people who met an experiment about it, contacted or held out.
    """

    granted: list[Wish]
    held: dict[str, Hold]
    is_budget_spent: bool = False
    met: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class _Diary:
    """What was decided so far: contacts by person, and money."""

    contacts: dict[UUID, list[Contact]] = field(default_factory=dict)
    spent: int = 0


def judge(
    wishes: Iterable[Wish],
    contacts: Mapping[UUID, Sequence[Contact]],
    limits: Limits,
    now: datetime,
) -> Verdict:
    """Grant wishes in their order as far as caps and budget allow.

    `contacts` are those of the longest window of any cap, of all playbooks. Whatever the order of
    wishes, no window that ends now holds more contacts than a cap allows, and no more than what
    was left is spent.

    Being held out is asked last: only who would be contacted otherwise counts as held out. Whether
    somebody met the experiment never depends on their own arm: up to their first wish that passes
    caps and budget nothing was granted to them, whichever arm they are in. So both arms are drawn
    from the same people.
    """
    diary = _Diary({person: list(some) for person, some in contacts.items()})
    granted: list[Wish] = []
    held: dict[str, Hold] = {}
    met: set[UUID] = set()
    for wish in wishes:
        reason = _hold(wish, diary, limits, now)
        if reason in {None, Hold.HOLD_OUT}:
            met.add(wish.profile_id)
        if reason is not None:
            held[wish.once_key] = reason
            continue
        diary.contacts.setdefault(wish.profile_id, []).append(Contact(wish.channel, now))
        diary.spent += wish.cost
        granted.append(wish)
    return Verdict(granted, held, Hold.BUDGET in held.values(), frozenset(met))


def _hold(wish: Wish, diary: _Diary, limits: Limits, now: datetime) -> Hold | None:
    made = diary.contacts.get(wish.profile_id, ())
    if any(_is_full(cap, wish.channel, made, now) for cap in limits.caps):
        return Hold.CAP
    if limits.left is not None and diary.spent + wish.cost > limits.left:
        return Hold.BUDGET
    return Hold.HOLD_OUT if wish.profile_id in limits.held_out else None


def _is_full(cap: Cap, channel: str, made: Iterable[Contact], now: datetime) -> bool:
    if cap.channel is not None and cap.channel != channel:
        return False
    since = now - timedelta(days=cap.days)
    counted = sum(
        1
        for contact in made
        if contact.at > since and (cap.channel is None or contact.channel == cap.channel)
    )
    return counted >= cap.count


def longest_days(caps: Iterable[Cap]) -> int:
    """Give the longest window of any cap in days; 0 without caps."""
    return max((cap.days for cap in caps), default=0)


def tally(made: int, held: Iterable[Hold]) -> dict[str, int]:
    """Count what came of a chunk: made, and held back by reason."""
    counts = Counter(str(reason) for reason in held)
    return {"made": made} | dict(counts)


def added(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Add two counts."""
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}
