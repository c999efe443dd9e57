"""Ask a condition of everybody: how many, who, and whose sheets are not of now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.conditions.needs import needs_of
from services.scoring.domain.conditions.tree import Condition
from services.scoring.queries.conditions.compile import write_condition
from services.scoring.queries.conditions.standings import RELEASES
from services.scoring.queries.conditions.written import Written

#: What a condition may cost in the planner's units, about 8 KiB pages read in order.
MOST_COST: Final = 20_000_000.0
_SHEETS: Final = "LEFT JOIN customer_sheets s ON s.profile_id = c.profile_id"
_STANDINGS: Final = """LEFT JOIN customer_standings st ON st.profile_id = c.profile_id
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id"""
_PEOPLE: Final = "c.merged_into IS NULL AND c.erased_at IS NULL"


class TooCostly(Exception):
    """The planner expects a statement to take far longer than anybody waits."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When a question is asked: business instant and date."""

    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are, how many match, a few who do, and who was not fresh enough to ask."""

    total: int
    matching: int
    sample: list[UUID]
    stale: list[UUID]


@asynccontextmanager
async def asking(pool: asyncpg.Pool, timeout_s: float) -> AsyncIterator[asyncpg.Connection]:
    """Open a transaction in which a user's condition can neither write nor last."""
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")
        # compiling a statement of a second takes half a second; sums of a million want memory
        await connection.execute("SET LOCAL jit = off")
        await connection.execute("SET LOCAL work_mem = '64MB'")
        yield connection


class Question:
    """A condition asked at an instant, as statements with bound parameters."""

    __slots__ = ("_fresh", "_joins", "_matches", "_parameters", "_scope")

    def __init__(
        self, condition: Condition, instant: Instant, among: Sequence[UUID] | None = None
    ) -> None:
        """Take a bound condition, the instant, and whom to ask about (everybody by default)."""
        written = Written()
        needs = needs_of([condition])
        self._matches = write_condition(condition, written, instant.today)
        self._fresh = _fresh(written, instant, has_standing=needs.standing)
        self._joins = f"{_SHEETS}\n{_STANDINGS}" if needs.standing else _SHEETS
        self._scope = _PEOPLE
        if among is not None:
            self._scope += f" AND c.profile_id = ANY({written.bind(list(among), 'uuid[]')})"
        self._parameters = written.parameters

    async def count(self, connection: asyncpg.Connection, *, sample: int = 0) -> Counted:
        """Count who matches among those whose sheet is of now, in one pass."""
        row = await self._ask(
            connection,
            f"""
            SELECT total, coalesce(cardinality(matching), 0) AS matching,
                matching[1:{int(sample)}] AS sample, stale
            FROM (
                SELECT count(*) AS total,
                    array_agg(c.profile_id) FILTER (WHERE {self._fresh} AND {self._matches})
                        AS matching,
                    array_agg(c.profile_id) FILTER (WHERE NOT {self._fresh}) AS stale
                FROM customers c {self._joins} WHERE {self._scope}
            ) AS counted
            """,  # noqa: S608 - written by us, values bound
        )
        counts = row[0]
        return Counted(
            counts["total"], counts["matching"], counts["sample"] or [], counts["stale"] or []
        )

    async def list_page(
        self, connection: asyncpg.Connection, after: UUID | None, limit: int
    ) -> list[tuple[UUID, str | None]]:
        """List who matches in the order of profiles, after one."""
        parameters = [*self._parameters, after or UUID(int=0), limit]
        place = len(self._parameters)
        rows = await self._ask(
            connection,
            f"""
            SELECT c.profile_id, c.customer_id FROM customers c {self._joins}
            WHERE {self._scope} AND c.profile_id > ${place + 1} AND {self._matches}
            ORDER BY c.profile_id LIMIT ${place + 2}
            """,  # noqa: S608 - written by us, values bound
            parameters,
        )
        return [(row["profile_id"], row["customer_id"]) for row in rows]

    async def who_differs(self, connection: asyncpg.Connection, segment_key: str) -> list[UUID]:
        """Name those whose stored membership of a segment is not what it is now."""
        parameters = [*self._parameters, segment_key]
        rows = await self._ask(
            connection,
            f"""
            SELECT c.profile_id FROM customers c {self._joins}
            LEFT JOIN segment_members m
                ON m.profile_id = c.profile_id AND m.segment_key = ${len(parameters)}
            WHERE {self._scope} AND {self._fresh}
                AND {self._matches} <> (m.profile_id IS NOT NULL)
            """,  # noqa: S608 - written by us, values bound
            parameters,
        )
        return [row["profile_id"] for row in rows]

    async def _ask(
        self,
        connection: asyncpg.Connection,
        statement: str,
        parameters: Sequence[object] | None = None,
    ) -> list[asyncpg.Record]:
        given = self._parameters if parameters is None else parameters
        plan: Any = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *given)
        if plan[0]["Plan"]["Total Cost"] > MOST_COST:
            raise TooCostly
        return list(await connection.fetch(statement, *given))


def _fresh(written: Written, instant: Instant, *, has_standing: bool) -> str:
    today = written.once("today", instant.today, "date")
    tests = ["s.version = c.version", f"s.business_date = {today}", "s.lifecycle IS NOT NULL"]
    if has_standing:
        tests += [
            "st.version = c.version",
            "st.control_version = coalesce(k.control_version, 0)",
            f"st.business_date = {today}",
            f"st.releases = {RELEASES}",
            f"st.fresh_until > {written.bind(instant.now, 'timestamptz')}",
        ]
    return f"coalesce({' AND '.join(tests)}, false)"
