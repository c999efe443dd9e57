"""Fold every event again and compare with what is stored, customer by customer; repair if asked."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.facts import Facts, add
from services.ingest.domain.fold import fold
from services.ingest.domain.records import Return, Void
from services.ingest.queries import events, identity, keys, stored_facts
from services.ingest.queries.events import LoggedRecord
from services.ingest.queries.stored_facts import Difference, differences
from services.ingest.usecases.mend import mend
from services.ingest.usecases.refold import named_by

#: Customers, and anonymous events, in memory at once.
CUSTOMERS: Final = 200
ANONYMOUS: Final = 5_000
_NONE: Final = UUID(int=0)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What to rebuild: everything, or one customer; `repairs` writes what differs."""

    repairs: bool
    only: str | None = None

    async def run(self, pool: Pool, progress: Progress) -> AsyncIterator[Difference]:
        """Yield every difference found; with `repairs` they are mended by then."""
        done, after = 0, _NONE
        async with pool.acquire() as connection:
            total = 1 if self.only else await stored_facts.customer_count(connection)
            while ids := await stored_facts.customers_after(
                connection, after, limit=CUSTOMERS, only=self.only
            ):
                for difference in await self._customers(connection, frozenset(ids)):
                    yield difference
                done, after = done + len(ids), ids[-1]
                progress(done, max(done, total))
            if self.only is None:
                for difference in await self._shop(connection):
                    yield difference

    async def _customers(
        self, connection: Connection, profile_ids: frozenset[UUID]
    ) -> list[Difference]:
        """Compare some customers; held while they are repaired, seen at one instant otherwise."""
        isolation = "read_committed" if self.repairs else "repeatable_read"
        async with connection.transaction(isolation=isolation):
            if self.repairs:
                await identity.lock_customers(connection, profile_ids)
            return await mend(connection, profile_ids, is_repair=self.repairs)

    async def _shop(self, connection: Connection) -> list[Difference]:
        """Compare the shop's figures; a row of zeros says as little as none."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            stored = await stored_facts.stored_shop_rows(connection)
            rebuilt = stored_facts.shop_rows(await _shop_facts(connection))
        zeros = (0,) * len(stored_facts.columns_of(stored_facts.SHOP))
        for one, other in ((stored, rebuilt), (rebuilt, stored)):
            one.update((key, zeros) for key in other.keys() - one.keys())
        found = differences(stored_facts.SHOP, stored, rebuilt)
        if self.repairs and found:
            missing = {
                key: tuple(new - old for new, old in zip(rebuilt[key], stored[key], strict=True))
                for key in {difference.key for difference in found}
            }
            await stored_facts.add_shop_rows(connection, missing)
        return found


async def _shop_facts(connection: Connection) -> Facts:
    """Fold what nobody in particular bought, some events at a time."""
    total = Facts()
    for profile_id in await stored_facts.nobodies(connection):
        after: int | None = 0
        while after is not None:
            entries, after = await events.records_after(
                connection, profile_id, after, limit=ANONYMOUS
            )
            facts = fold(entry.record for entry in await _with_returns(connection, entries))
            for place, counts in facts.shop_days.items():
                add(total.shop_days.setdefault(place, {}), counts)
    return total


async def _with_returns(connection: Connection, entries: list[LoggedRecord]) -> list[LoggedRecord]:
    """Return sales with all that undoes them, whoever brought it back; the rest stands alone."""
    alone = [e for e in entries if not isinstance(e.record, Void) and not _is_linked(e)]
    sold = {key for entry in alone for key in named_by(entry.record)}
    undoing = await keys.reversals_of(connection, sold)
    places = ((reversal.profile_id, reversal.sequence) for reversal in undoing)
    return [*alone, *await events.records_at(connection, places)]


def _is_linked(entry: LoggedRecord) -> bool:
    return isinstance(entry.record, Return) and entry.record.link is not None
