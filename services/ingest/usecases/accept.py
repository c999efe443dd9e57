"""Accept a batch: each event once and for ever, folded into the facts in the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from asyncpg import Connection, Pool

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.erasing import without_words
from services.ingest.domain.identity import TRUST
from services.ingest.domain.placing import Placement, place, place_unclaimed
from services.ingest.domain.records import EventKey
from services.ingest.errors import Busy, PartRefused, SumsOutOfRange
from services.ingest.queries import identity, keys
from services.ingest.queries.identity import LockedCustomer
from services.ingest.usecases.apply import apply
from services.ingest.usecases.batch import Batch
from services.ingest.usecases.orders import HeldOrders, hold_orders
from services.ingest.usecases.people.explicit import directory_for, link_placed, put_traits
from services.ingest.usecases.privacy.tombstones import refuse_erased
from shared.ids import uuid7
from shared.jitter import backoff_s
from shared.outbox import enqueue
from shared.secrets import Secrets

CUSTOMERS_CHANGED: Final = "customers_changed"
#: How often a transaction is tried when other writers stand in its way.
TRIES: Final = 6


class Contended(Exception):
    """Another writer took an identifier between our look and our write; try again."""


#: What another writer may cause at any time, and what a second try usually cures.
CONTENTION: Final = (
    Contended,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)
#: The first of the waits before another try, which double, in seconds.
FIRST_WAIT_S: Final = 0.02


@dataclass(slots=True)
class Outcome:
    """What became of a batch, by the index of each item.

    `sequences`: the place in the log of every item that is stored, now or before. `unfit`: what
    would make a sum larger than can be kept exactly. `erased`: what names somebody erased.
    `crowded`: what names an order that too many items named before.
    """

    accepted: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)
    unfit: list[int] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    crowded: list[int] = field(default_factory=list)
    sequences: dict[int, int] = field(default_factory=dict)
    profile_ids: tuple[UUID, ...] = ()

    @property
    def sequence(self) -> int:
        """Return the newest position this batch reached."""
        return max(self.sequences.values(), default=0)


#: What else a transaction does, told what became of the batch.
Also = Callable[[Connection, Outcome], Awaitable[None]]


async def accept(  # noqa: PLR0913 - what a transaction needs, each by its name
    pool: Pool,
    arrivals: Sequence[Arrival],
    *,
    secrets: Secrets,
    now: datetime,
    tries: int = TRIES,
    also: Also | None = None,
    order: tuple[str, ...] = TRUST,
) -> Outcome:
    """Store the new events of a batch and their effect; returns when it is committed.

    `also` is done in the same transaction. `order`: kinds of identifier, most trusted first.
    Retries when another writer stood in the way; raises Busy after that, and SumsOutOfRange.
    """
    for attempt in range(tries):
        try:
            async with pool.acquire() as connection, connection.transaction():
                outcome = await _accept(connection, arrivals, secrets=secrets, now=now, order=order)
                if also is not None:
                    await also(connection, outcome)
                return outcome
        except PartRefused as error:
            refused = _refused_by(error, arrivals)
            rest = [arrival for arrival in arrivals if arrival.index not in refused]
            outcome = await accept(
                pool, rest, secrets=secrets, now=now, tries=tries, also=also, order=order
            )
            getattr(outcome, error.listed_as).extend(refused)
            return outcome
        except CONTENTION as error:
            if attempt == tries - 1:
                raise Busy from error
            await asyncio.sleep(backoff_s(attempt, first_s=FIRST_WAIT_S))
        except asyncpg.DataError as error:
            if _is_overflow(error):
                raise SumsOutOfRange from error
            raise
    raise AssertionError("unreachable")


def _refused_by(error: PartRefused, arrivals: Sequence[Arrival]) -> set[int]:
    """Return the items that cannot be stored; raises the error where trying again never ends."""
    refused = {arrival.index for arrival in arrivals if error.concerns(arrival)}
    if not refused:
        raise error
    return refused


def _is_overflow(error: asyncpg.DataError) -> bool:
    """Tell whether a sum left bigint, found by Postgres or already by the driver."""
    return isinstance(error, asyncpg.NumericValueOutOfRangeError) or "int64" in str(error)


async def _accept(
    connection: Connection,
    arrivals: Sequence[Arrival],
    *,
    secrets: Secrets,
    now: datetime,
    order: tuple[str, ...],
) -> Outcome:
    await keys.hold_sequence(connection)
    outcome = Outcome()
    sequences = await _claim(connection, arrivals, outcome)
    if not sequences:
        return outcome
    accepted = set(outcome.accepted)
    fresh = [arrival for arrival in arrivals if arrival.index in accepted]
    placement = await _place(connection, fresh, secrets=secrets, now=now, order=order)
    orders = await hold_orders(connection, placement, sequences)
    batch = await _hold(connection, placement, sequences=sequences, orders=orders)
    changed = await apply(connection, batch, now=now)
    await put_traits(connection, placement.placed)
    outcome.profile_ids = changed
    if changed:
        payload = {"profile_ids": [profile_id.hex for profile_id in changed]}
        await enqueue(connection, CUSTOMERS_CHANGED, payload)
    return outcome


async def _claim(
    connection: Connection, arrivals: Sequence[Arrival], outcome: Outcome
) -> dict[EventKey, int]:
    """Sort a batch into new, repeated and conflicting; return the sequence of the new."""
    first: dict[EventKey, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.event_key, arrival)
    sequences = await keys.claim_event_keys(connection, list(first.values()))
    repeated = [key for key in first if key not in sequences]
    stored = await keys.stored_bodies(connection, repeated) if repeated else {}
    for arrival in arrivals:
        key = arrival.event_key
        outcome.sequences[arrival.index] = sequences[key] if key in sequences else stored[key][1]
        if key in sequences and first[key] is arrival:
            outcome.accepted.append(arrival.index)
            continue
        body = first[key].body_hash if key in sequences else stored[key][0]
        same = outcome.duplicates if body == arrival.body_hash else outcome.conflicts
        same.append(arrival.index)
    return sequences


async def _place(
    connection: Connection,
    fresh: Sequence[Arrival],
    *,
    secrets: Secrets,
    now: datetime,
    order: tuple[str, ...],
) -> Placement:
    """Find or make the profile of every event that names somebody."""
    directory = await directory_for(connection, fresh, order)
    placement = place(fresh, directory, uuid7)
    await identity.add_profiles(connection, placement.new_profiles, now)
    gained = [
        (c, p, None if c.kind == "customer_id" else secrets.encrypt_identifier(c.kind, value))
        for c, p, value in placement.gained
    ]
    named = ((claim, value) for claim, _, value in placement.gained)
    await refuse_erased(connection, directory, named, secrets=secrets, now=now)
    if await identity.add_identifiers(connection, gained, now) < len(gained):
        raise Contended
    if await identity.name_profiles(connection, placement.named_profiles) < len(
        placement.named_profiles
    ):
        raise Contended
    await identity.add_conflicts(connection, placement.conflicts, now)
    if not await link_placed(connection, placement, now=now):
        raise Contended
    return placement


async def _hold(
    connection: Connection,
    placement: Placement,
    *,
    sequences: dict[EventKey, int],
    orders: HeldOrders,
) -> Batch:
    """Hold every customer the batch touches; place the events that name nobody."""
    touched = {a.record.occasion.profile_id for a in placement.placed}
    touched |= {entry.record.occasion.profile_id for entry in orders.related}
    # in one go with whom they count for: taking one after another would deadlock with merges
    touched |= {placement.roots[p] for p in touched if p in placement.roots}
    customers = await identity.lock_customers(connection, touched)
    if any(customers[a.record.occasion.profile_id].erased_at for a in placement.placed):
        raise Contended  # erased since we looked: who is named now is nobody we know
    for profile_id, customer_id in placement.named_profiles.items():
        if customers[profile_id].customer_id != customer_id:
            raise Contended
    roots = {p: held.merged_into for p, held in customers.items() if held.merged_into}
    customers |= await identity.lock_customers(connection, set(roots.values()) - customers.keys())
    known, homes = set(customers), orders.homes() if placement.unclaimed else {}
    placed = (place_unclaimed(a, homes, known) for a in placement.unclaimed)
    unclaimed = [_wordless_of_erased(arrival, customers) for arrival in placed]
    return Batch(
        arrivals=(*placement.placed, *unclaimed),
        sequences=sequences,
        sales=orders.sales,
        customers=customers,
        related=orders.related,
        sellers=orders.sellers(),
        roots=roots,
    )


def _wordless_of_erased(arrival: Arrival, customers: Mapping[UUID, LockedCustomer]) -> Arrival:
    """Keep no words, such as an order id, of a return of what somebody erased has bought."""
    owner = customers.get(arrival.record.occasion.profile_id)
    if owner is None or owner.erased_at is None:
        return arrival
    return replace(arrival, extra=without_words(arrival.extra))
