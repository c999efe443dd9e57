"""What a draft of a status programme would do: each customer replayed, everybody tallied."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from heapq import nlargest, nsmallest
from typing import Final, NamedTuple
from uuid import UUID

from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.deciding import Instant, history_of
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.calendars import instant_of, microseconds
from services.scoring.domain.status.engine.history import History
from services.scoring.domain.status.engine.overlay import Overlay, Shown, shown
from services.scoring.domain.status.engine.replay import Replay
from services.scoring.domain.status.engine.rules import same_tier
from services.scoring.domain.status.engine.stand import since_shown
from services.scoring.domain.status.engine.timeline import replay_of
from services.scoring.domain.status.engine.versions import schedule_of
from services.scoring.domain.status.publication import Publication, Start, start_of
from services.scoring.domain.status.release import StatusRelease

#: How many of those who lose or gain a tier, and of those whom buying more hurts, are told.
MOST_MOVERS: Final = 50
MOST_HURT: Final = 20
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Question:
    """A draft as though it had always been in force, beside the release in force at an instant.

    `months`: when customers are counted by tier; `since`: from when on it is looked what those
    who were in a tier then bought until `instant`. `published`: the draft put into force at the
    end of the date, for what that does to whom; None where nothing is in force before it.
    """

    draft: StatusRelease
    former: StatusRelease | None
    instant: Instant
    months: Sequence[datetime]
    since: datetime
    seed: int
    published: Publication | None = None


class Member(NamedTuple):
    """A customer, and the rank they hold in the release in force (None: it must be replayed)."""

    customer: StatusCustomer
    held: int | None
    is_scanned: bool
    #: by the model in force, in millionths of a score: whole numbers add up in any order
    expected: int = 0


class Mover(NamedTuple):
    """Somebody who would hold another tier; `spend`: of the last 365 days, minor units.

    `since`: when they would have come to hold it; `start`: what publishing does to them first.
    """

    spend: int
    profile_id: UUID
    old: int
    new: int
    since: int
    start: Start | None


class Hurt(NamedTuple):
    """Somebody who would hold a lower tier at an instant because they bought more before."""

    profile_id: UUID
    bought_at: datetime
    at: datetime
    with_more: int
    without: int


@dataclass(slots=True)
class Tally:
    """Counts of a part of the base; parts add up in any order."""

    months: list[list[int]]
    #: by rank at `since`: [customers, what they bought from then on]
    value: list[list[int]]
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)
    customers: int = 0
    lost: int = 0
    rose: int = 0
    losers: list[Mover] = field(default_factory=list)
    winners: list[Mover] = field(default_factory=list)
    expected: Counter[tuple[int, int]] = field(default_factory=Counter)
    scanned: int = 0
    hurt: list[Hurt] = field(default_factory=list)
    hurt_count: int = 0
    #: how many a publication moves at once, and how many have what a tier asks and wait
    starts: Counter[Start] = field(default_factory=Counter)


def empty_tally(question: Question) -> Tally:
    """Begin to count."""
    tiers = len(question.draft.programme.tier_keys)
    return Tally([[0] * tiers for _ in question.months], [[0, 0] for _ in range(tiers)])


def tally(members: Iterable[Member], question: Question) -> Tally:
    """Replay members by the draft and count what they would hold."""
    found = empty_tally(question)
    for member in members:
        _count(member, question, found)
    found.losers = nlargest(MOST_MOVERS, found.losers)
    found.winners = nlargest(MOST_MOVERS, found.winners)
    found.hurt = nsmallest(MOST_HURT, found.hurt)
    return found


def together(parts: Sequence[Tally], question: Question) -> Tally:
    """Add up the tallies of all parts."""
    whole = empty_tally(question)
    for part in parts:
        whole.customers += part.customers
        whole.lost += part.lost
        whole.rose += part.rose
        whole.expected.update(part.expected)
        whole.scanned += part.scanned
        whole.hurt_count += part.hurt_count
        whole.moves.update(part.moves)
        whole.starts.update(part.starts)
        for mine, more in [(whole.months, part.months), (whole.value, part.value)]:
            for row, added in zip(mine, more, strict=True):
                row[:] = [old + new for old, new in zip(row, added, strict=True)]
    whole.losers = nlargest(MOST_MOVERS, (each for part in parts for each in part.losers))
    whole.winners = nlargest(MOST_MOVERS, (each for part in parts for each in part.winners))
    whole.hurt = nsmallest(MOST_HURT, (each for part in parts for each in part.hurt))
    return whole


def _count(member: Member, question: Question, found: Tally) -> None:
    customer, instant = member.customer, question.instant
    history = history_of(customer, question.draft, instant)
    replay, told = _lived(question.draft, history, instant.now)
    ats = [change.at for change in told]
    for place, month in enumerate(question.months):
        rank = _rank_at(told, ats, microseconds(month))
        if rank is not None:
            found.months[place][rank] += 1
    new = told[-1].rank
    then = _rank_at(told, ats, microseconds(question.since))
    if then is not None:
        found.value[then][0] += 1
        found.value[then][1] += _spent(customer.rows, question.since, instant.now)
    found.customers += 1
    old, before = _held(member, question)
    move = (-1 if old is None else old, new)
    found.moves[move] += 1
    found.expected[move] += member.expected
    if old is not None:
        start = _start(customer, before, replay, question)
        if start is not None:
            found.starts[start] += 1
        _note_mover(customer, (old, told, start), question, found)
    if member.is_scanned:
        _scan(customer, told, question, found)


def _told(release: StatusRelease, history: History, until: datetime) -> list[Shown]:
    return _lived(release, history, until)[1]


def _lived(release: StatusRelease, history: History, until: datetime) -> tuple[Replay, list[Shown]]:
    schedule, end = schedule_of(release.schedule), microseconds(until)
    replay = replay_of(schedule, history)
    replay.advance(end)
    return replay, shown(Overlay(schedule, history), replay.steps, schedule, end)


def _rank_at(told: Sequence[Shown], ats: Sequence[int], t: int) -> int | None:
    place = bisect_right(ats, t)
    return told[place - 1].rank if place else None


def _spent(rows: Iterable[EntryRow], since: datetime, until: datetime) -> int:
    return sum(row.spend for row in rows if since <= row.at < until)


def _held(member: Member, question: Question) -> tuple[int | None, int | None]:
    """Give the rank held at the end, and right before the draft is put into force."""
    former, published = question.former, question.published
    if former is None or member.held is not None:
        return member.held, member.held
    told = _told(
        former, history_of(member.customer, former, question.instant), question.instant.now
    )
    if published is None:
        return told[-1].rank, None
    return told[-1].rank, _rank_at(told, [each.at for each in told], microseconds(published.at))


def _start(
    customer: StatusCustomer, held: int | None, by_draft: Replay, question: Question
) -> Start | None:
    if question.published is None or held is None:
        return None
    return start_of(question.published, customer, held, by_draft, question.instant)


def _note_mover(
    customer: StatusCustomer,
    move: tuple[int, Sequence[Shown], Start | None],
    question: Question,
    found: Tally,
) -> None:
    if question.former is None:
        return
    old, told, start = move
    new = told[-1].rank
    same = same_tier(question.former.programme.rules, question.draft.programme.rules, old)
    if new == same:
        return
    now = question.instant.now
    spend = _spent(customer.rows, now - _YEAR, now)
    mover = Mover(spend, customer.profile_id, old, new, since_shown(told), start)
    if new < same:
        found.lost += 1
        found.losers.append(mover)
    else:
        found.rose += 1
        found.winners.append(mover)


def _scan(
    customer: StatusCustomer, told: Sequence[Shown], question: Question, found: Tally
) -> None:
    """Let somebody buy once more at a time drawn for them, and look whether it ever hurts."""
    found.scanned += 1
    bought = _one_more(customer, question)
    richer = replace(customer, rows=[*customer.rows, bought])
    history = history_of(richer, question.draft, question.instant)
    more = _told(question.draft, history, question.instant.now)
    sides = [(side, [change.at for change in side]) for side in (more, told)]
    begin = max(microseconds(bought.at), told[0].at)
    for t in sorted({t for _, ats in sides for t in ats if t >= begin}):
        with_more, without = (_rank_at(side, ats, t) or 0 for side, ats in sides)
        if with_more < without:
            found.hurt_count += 1
            hurt = Hurt(customer.profile_id, bought.at, instant_of(t), with_more, without)
            found.hurt.append(hurt)
            return


def _one_more(customer: StatusCustomer, question: Question) -> EntryRow:
    """Draw a purchase: one like an order of theirs, at any time since their first one."""
    text = f"{question.seed}/{customer.profile_id}"
    drawn = random.Random(text)  # noqa: S311 - the same for a seed, not a secret
    orders = sorted(row for row in customer.rows if row.reverses is None)
    now = question.instant.now
    first = min([row.at for row in orders], default=now - _YEAR)
    at = first + (now - first) * drawn.random()
    like = drawn.choice(orders) if orders else None
    entry_id = sha256(text.encode()).digest()[:16]
    if like is None:
        return EntryRow(entry_id, None, at, at, 10_000, 0, 1, 1_000)
    return like._replace(entry_id=entry_id, at=at, known_at=at)
