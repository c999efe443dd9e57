"""Accept what is simple fast: new sales of plain customers by COPY, all else through `accept`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from asyncpg import Connection, Pool

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.identity import TRUST, Claim
from services.ingest.domain.placing import pseudonym
from services.ingest.domain.plain_sales import Placed, fold_plain, is_plain
from services.ingest.domain.records import Sale
from services.ingest.errors import SumsOutOfRange
from services.ingest.queries import plain_sales
from services.ingest.queries.plain_sales import HeldCustomer, NewCustomer
from services.ingest.usecases.accept import CONTENTION, CUSTOMERS_CHANGED, TRIES, Outcome, accept
from shared.ids import uuid7
from shared.outbox import enqueue
from shared.secrets import Secrets

#: Arrivals that `accept` is given at once, and customers of one outbox row.
PART: Final = 1_000
#: Transactions spent on finding what cannot be stored; then a part that fails is refused whole.
_SEARCHES: Final = 1_000
#: Done in the same transaction as the sales, such as noting how far an import is.
Also = Callable[[Connection], Awaitable[None]]


@dataclass(slots=True)
class _Plain:
    """What the plain way takes of a batch, and what it leaves to `accept`."""

    placed: list[Placed] = field(default_factory=list)
    new: dict[Claim, NewCustomer] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)
    unlinked: dict[UUID, datetime | None] = field(default_factory=dict)


async def accept_plain(  # noqa: PLR0913 - what `accept` needs, each by its name
    pool: Pool,
    arrivals: Sequence[Arrival],
    *,
    secrets: Secrets,
    now: datetime,
    tries: int = TRIES,
    order: tuple[str, ...] = TRUST,
) -> Outcome:
    """Do exactly what `accept` does with a batch of any size, faster; in several transactions."""
    outcome = await copy_plain(pool, arrivals, secrets=secrets, now=now)
    left = [arrival for arrival in arrivals if arrival.index not in outcome.sequences]
    waiting = [left[start : start + PART] for start in range(0, len(left), PART)][::-1]
    searches = _SEARCHES
    while waiting:
        some = waiting.pop()
        try:
            part = await accept(pool, some, secrets=secrets, now=now, tries=tries, order=order)
        except SumsOutOfRange:
            searches -= 1
            middle = len(some) // 2
            if middle and searches > 0:
                waiting += [some[middle:], some[:middle]]
                continue
            part = Outcome(unfit=[arrival.index for arrival in some])
        outcome.accepted += part.accepted
        outcome.duplicates += part.duplicates
        outcome.conflicts += part.conflicts
        outcome.unfit += part.unfit
        outcome.erased += part.erased
        outcome.crowded += part.crowded
        outcome.sequences |= part.sequences
        outcome.profile_ids += part.profile_ids
    return outcome


async def copy_plain(
    pool: Pool, arrivals: Sequence[Arrival], *, secrets: Secrets, now: datetime
) -> Outcome:
    """Store the plain sales of a batch; none of them if another writer stood in the way."""
    try:
        return await _copied(pool, arrivals, secrets=secrets, now=now)
    except (asyncpg.UniqueViolationError, asyncpg.DataError, OverflowError, *CONTENTION):
        return Outcome()


async def _copied(
    pool: Pool, arrivals: Sequence[Arrival], *, secrets: Secrets, now: datetime
) -> Outcome:
    async with pool.acquire() as connection, connection.transaction():
        fresh = await _fresh(connection, arrivals)
        if not fresh or len(fresh) < len(arrivals) // 2:
            return Outcome()  # a file that was taken in before: one way is enough
        plain = await _placed(connection, fresh, secrets=secrets, now=now)
        if not plain.placed:
            return Outcome()
        await _write(connection, plain, now=now)
    return Outcome(
        accepted=[placed.arrival.index for placed in plain.placed],
        sequences={placed.arrival.index: placed.sequence for placed in plain.placed},
        profile_ids=tuple(plain.versions),
    )


async def _fresh(connection: Connection, arrivals: Sequence[Arrival]) -> list[tuple[Arrival, Sale]]:
    """Return the new plain sales; of two with one key the first decides for both.

    Whoever is first named beside another identifier is left to `accept` from there on: it may
    find that both are one person, whom a profile made here would keep apart.
    """
    sales = [(a, a.record) for a in arrivals if is_plain(a) and isinstance(a.record, Sale)]
    events, orders = [a.event_key for a, _ in sales], [s.order_keys[0] for _, s in sales]
    known = await plain_sales.known_keys(connection, events, orders)
    fresh: list[tuple[Arrival, Sale]] = []
    linked: set[Claim] = set()
    for arrival in arrivals:
        event_key, names = arrival.event_key, arrival.named_orders
        sale = arrival.record
        is_new = event_key not in known and not known.intersection(names)
        if len(arrival.claims) + len(arrival.previous) > 1:
            linked.update(arrival.claims, arrival.previous)
        elif (
            is_new
            and is_plain(arrival)
            and isinstance(sale, Sale)
            and linked.isdisjoint(arrival.claims)
        ):
            fresh.append((arrival, sale))
        known.add(event_key)
        known.update(names)
    return fresh


async def _placed(
    connection: Connection,
    fresh: Sequence[tuple[Arrival, Sale]],
    *,
    secrets: Secrets,
    now: datetime,
) -> _Plain:
    """Say whose each sale is and at which place in the log; holds the customers."""
    plain = _Plain()
    claimed = {a.claims[0] for a, _ in fresh if a.claims}
    held = await plain_sales.hold_customers(connection, claimed)
    # one for each that may be taken: what is left over leaves a gap in the log
    sequences, is_anyone_erased = await plain_sales.next_sequences(connection, len(fresh), now)
    taken = []
    for arrival, sale in fresh:
        profile_id = _owner(plain, arrival, sale, held=held)
        if profile_id is None and not is_anyone_erased and arrival.claims[0] not in held:
            profile_id = _added(plain, arrival, secrets)
        if profile_id is not None:
            taken.append((arrival, sale, profile_id))
    for (arrival, sale, profile_id), sequence in zip(taken, sequences, strict=False):
        version = None
        if arrival.claims:
            version = plain.versions[profile_id] = plain.versions[profile_id] + 1
        plain.placed.append(Placed(arrival, sale, profile_id, sequence, version))
    return plain


def _owner(
    plain: _Plain,
    arrival: Arrival,
    sale: Sale,
    *,
    held: Mapping[Claim, HeldCustomer],
) -> UUID | None:
    """Return the profile of a sale; None if it is new or only `accept` can tell."""
    if not arrival.claims:
        return pseudonym(sale.occasion.store_id)
    customer = held.get(arrival.claims[0])
    if customer is None:
        return None
    last = customer.last_unlinked_return_at
    if not customer.is_plain or (last is not None and sale.occasion.effective_at <= last):
        return None
    if customer.profile_id not in plain.versions:
        plain.versions[customer.profile_id] = customer.version
        plain.unlinked[customer.profile_id] = last
    return customer.profile_id


def _added(plain: _Plain, arrival: Arrival, secrets: Secrets) -> UUID:
    """Return the profile made for whoever is seen here first."""
    claim, value = arrival.claims[0], arrival.values[0]
    known = plain.new.get(claim)
    if known is not None:
        return known.profile_id
    is_own = claim.kind == "customer_id"
    encrypted = None if is_own else secrets.encrypt_identifier(claim.kind, value)
    plain.new[claim] = made = NewCustomer(uuid7(), claim, value if is_own else None, encrypted)
    plain.versions[made.profile_id] = 0
    return made.profile_id


async def _write(connection: Connection, plain: _Plain, *, now: datetime) -> None:
    by_owner = sorted(plain.placed, key=_place)  # neighbours on disk are written together
    people = list(plain.new.values())
    changes = [
        *plain_sales.appended(by_owner),
        *plain_sales.customers_added(people, plain.versions, now),
        *plain_sales.facts_added(fold_plain(by_owner)),
    ]
    known = {p: (plain.versions[p], last) for p, last in plain.unlinked.items()}
    await plain_sales.write(connection, changes, known, now)
    changed = list(plain.versions)
    for start in range(0, len(changed), PART):
        payload = {"profile_ids": [p.hex for p in changed[start : start + PART]]}
        await enqueue(connection, CUSTOMERS_CHANGED, payload)


def _place(placed: Placed) -> tuple[bytes, int]:
    return placed.profile_id.bytes, placed.sequence  # UUID objects compare slowly
