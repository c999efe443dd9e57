"""Fold every event again and compare with what is stored, customer by customer; repair if asked."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.facts import Facts, add
from services.ingest.domain.fold import fold
from services.ingest.domain.spans import EVERYBODY, Span
from services.ingest.queries import events, identity, rebuilds, stored_facts
from services.ingest.queries.stored_facts import Difference, Rows, differences
from services.ingest.usecases.rebuilds.mend import mend
from services.ingest.usecases.refold import records_of_nobody

#: Customers, and anonymous events, in memory at once.
CUSTOMERS: Final = 200
ANONYMOUS: Final = 5_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuild everything in this process, or one customer; `repairs` writes what differs."""

    repairs: bool
    only: str | None = None

    async def run(self, pool: Pool, progress: Progress) -> AsyncIterator[Difference]:
        """Yield every difference found; with `repairs` they are mended by then."""
        async with pool.acquire() as connection:
            if self.only is None:
                async for difference in self._everybody(connection, progress):
                    yield difference
                return
            ids = await rebuilds.customers_named(connection, self.only)
            for difference in await self._customers(connection, ids):
                yield difference

    async def _everybody(
        self, connection: Connection, progress: Progress
    ) -> AsyncIterator[Difference]:
        done, after = 0, None
        total = await rebuilds.customer_count(connection, EVERYBODY)
        while ids := await next_customers(connection, EVERYBODY, after):
            for difference in await self._customers(connection, ids):
                yield difference
            done, after = done + len(ids), ids[-1]
            progress(done, max(done, total))
        found, repair = await shop_differences(connection)
        if self.repairs:
            await repair_shop(connection, repair)
        for difference in found:
            yield difference

    async def _customers(self, connection: Connection, ids: Collection[UUID]) -> list[Difference]:
        async with held_or_seen(connection, repairs=self.repairs):
            return await compare_customers(connection, ids, repairs=self.repairs)


async def next_customers(connection: Connection, span: Span, after: UUID | None) -> list[UUID]:
    """Return as many of the next customers of a span as fit in memory at once."""
    return await rebuilds.next_customers(connection, span, after, limit=CUSTOMERS)


def held_or_seen(connection: Connection, *, repairs: bool) -> Any:
    """Open a transaction for customers: held while they are repaired, else seen at one instant."""
    return connection.transaction(isolation="read_committed" if repairs else "repeatable_read")


async def compare_customers(
    connection: Connection, ids: Collection[UUID], *, repairs: bool
) -> list[Difference]:
    """Compare the facts of some customers with their events; mend them if asked."""
    if repairs:
        await identity.lock_customers(connection, ids)
    return await mend(connection, ids, is_repair=repairs)


@dataclass(frozen=True, slots=True)
class ShopRepair:
    """What mends the shop's figures: sums to add, and findings of nobody's returns."""

    missing: Rows
    findings: Rows
    no_findings: frozenset[tuple[Any, ...]]


async def shop_differences(connection: Connection) -> tuple[list[Difference], ShopRepair]:
    """Compare the shop's figures, and what had no effect of what nobody brought back.

    A row of zeros says as little as none.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        nobodies = await stored_facts.nobodies(connection)
        stored = await stored_facts.stored_shop_rows(connection)
        stored_findings = await stored_facts.stored_findings(connection, nobodies)
        sums, findings = await _shop_facts(connection, nobodies)
    rebuilt = stored_facts.shop_rows(sums)
    zeros = (0,) * len(stored_facts.columns_of(stored_facts.SHOP))
    for one, other in ((stored, rebuilt), (rebuilt, stored)):
        one.update((key, zeros) for key in other.keys() - one.keys())
    found = differences(stored_facts.SHOP, stored, rebuilt)
    missing = {
        key: tuple(new - old for new, old in zip(rebuilt[key], stored[key], strict=True))
        for key in {difference.key for difference in found}
    }
    faults = differences(stored_facts.FINDINGS, stored_findings, findings)
    wrong = {fault.key for fault in faults}
    right = {key: findings[key] for key in wrong & findings.keys()}
    return found + faults, ShopRepair(missing, right, frozenset(wrong - findings.keys()))


async def repair_shop(connection: Connection, repair: ShopRepair) -> None:
    """Write what mends the shop's figures, while tills go on adding theirs."""
    await stored_facts.add_shop_rows(connection, repair.missing)
    await stored_facts.replace_rows(
        connection, stored_facts.FINDINGS, repair.findings, repair.no_findings
    )


async def _shop_facts(connection: Connection, nobodies: Iterable[UUID]) -> tuple[Facts, Rows]:
    """Fold what nobody in particular bought, some events at a time; return findings apart."""
    total, findings = Facts(), Rows()
    for profile_id in nobodies:
        after: int | None = 0
        while after is not None:
            entries, after = await events.records_after(
                connection, profile_id, after, limit=ANONYMOUS
            )
            facts = fold(await records_of_nobody(connection, profile_id, entries))
            for place, counts in facts.shop_days.items():
                add(total.shop_days.setdefault(place, {}), counts)
            rows = stored_facts.folded_rows(profile_id, Facts(findings=facts.findings))
            findings.update(rows[stored_facts.FINDINGS])
    return total, findings
