"""A rebuild in shards: planned once, each worked off in steps that a killed run does not repeat."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.spans import RebuildScope
from services.ingest.queries import rebuilds
from services.ingest.queries.rebuilds import Shard
from services.ingest.queries.stored_facts import Difference
from services.ingest.usecases.rebuilds.rebuild import (
    compare_customers,
    held_or_seen,
    next_customers,
    repair_shop,
    shop_differences,
)

#: Customers of a shard: many steps, yet enough shards for every process until near the end.
SHARD_CUSTOMERS: Final = 2_000
SHOP_SHARD: Final = 0


class AlreadyRunning(Exception):
    """Another process is at the same rebuild."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The shards of a rebuild, and how many customers they hold."""

    shards: list[Shard]
    customers: int
    is_resumed: bool

    @property
    def left(self) -> list[Shard]:
        """Return the shards to work off; the shop's, the longest, comes first."""
        return [shard for shard in self.shards if not shard.is_finished]

    @property
    def done(self) -> int:
        """Return how many customers are done."""
        return sum(shard.customers for shard in self.shards)


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction found."""

    customers: int
    differences: list[Difference]


async def plan(connection: Connection, scope: RebuildScope, *, afresh: bool) -> Plan:
    """Go on with the same rebuild where it was killed, or plan it anew.

    Holds it while the connection lives; raises AlreadyRunning.
    """
    if not await rebuilds.hold_run(connection, scope.rebuild_id):
        raise AlreadyRunning
    known = await rebuilds.shards_of(connection, scope.rebuild_id)
    customers = await rebuilds.customer_count(connection, scope.span) // scope.parts
    if not afresh and any(not shard.is_finished for shard in known):
        return Plan(known, customers, is_resumed=True)
    ends = await rebuilds.every_nth_customer(connection, scope.span, SHARD_CUSTOMERS)
    async with connection.transaction():
        shards = scope.shards(ends)
        await rebuilds.replace_run(connection, scope.rebuild_id, shards, is_repair=scope.is_repair)
    planned = [Shard(scope.rebuild_id, number, span) for number, span in shards.items()]
    return Plan(planned, customers, is_resumed=False)


async def work_off(pool: Pool, shard: Shard, *, repairs: bool) -> AsyncIterator[Step]:
    """Do what is left of a shard; each step is stored with how far the shard is by then."""
    async with pool.acquire() as connection:
        if shard.number == SHOP_SHARD:
            yield await _shop(connection, shard, repairs=repairs)
            return
        while not shard.is_finished:
            async with held_or_seen(connection, repairs=repairs):
                ids = await next_customers(connection, shard.span, shard.after)
                found = await compare_customers(connection, ids, repairs=repairs)
                step = Step(len(ids), found)
                shard = await _advance(connection, shard, step, after=ids[-1] if ids else None)
            yield step


async def _shop(connection: Connection, shard: Shard, *, repairs: bool) -> Step:
    found, repair = await shop_differences(connection)
    step = Step(0, found)
    async with connection.transaction():
        if repairs:
            await repair_shop(connection, repair)
        await _advance(connection, shard, step, after=None)
    return step


async def _advance(connection: Connection, was: Shard, step: Step, *, after: UUID | None) -> Shard:
    """Note a step in its own transaction; another process at the same shard undoes it."""
    now = replace(
        was,
        after=after or was.after,
        customers=was.customers + step.customers,
        differences=was.differences + len(step.differences),
        is_finished=after is None,
    )
    if not await rebuilds.advance(connection, was, now):
        raise AlreadyRunning
    return now
