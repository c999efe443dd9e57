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
from services.scoring.domain.segments import Member
from services.scoring.queries.conditions.compile import write_condition
from services.scoring.queries.conditions.standings import RELEASES
from services.scoring.queries.conditions.written import Written

#: What a condition may cost in the planner's units, about 8 KiB pages read in order.
MOST_COST: Final = 20_000_000.0
#: Beside `customers c`: who is asked about, their sheets, their standings.
PEOPLE: Final = "c.merged_into IS NULL AND c.erased_at IS NULL"
SHEETS: Final = "LEFT JOIN customer_sheets s ON s.profile_id = c.profile_id"
STANDINGS: Final = """LEFT JOIN customer_standings st ON st.profile_id = c.profile_id
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id"""


class TooCostly(Exception):
    """The planner expects a statement to take far longer than anybody waits."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When a question is asked: business instant and date."""

    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are, how many match, a few who do, and whose sheet is not of now.

    `believed`: those of them who matched when they were looked at last.
    """

    total: int
    matching: int
    believed: int
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


@dataclass(slots=True)
class _Parts:
    """What every statement about a condition is put together from."""

    matches: str
    joins: str
    scope: str
    written: Written
    fresh: str = ""


class Question:
    """A condition asked at an instant, as statements with bound parameters."""

    __slots__ = ("_among", "_condition", "_instant", "_most_cost")

    def __init__(
        self,
        condition: Condition,
        instant: Instant,
        among: Sequence[UUID] | None = None,
        *,
        most_cost: float = MOST_COST,
    ) -> None:
        """Take a bound condition, the instant, whom to ask about (everybody by default)."""
        self._condition = condition
        self._instant = instant
        self._among = among
        self._most_cost = most_cost

    def _parts(self, *, asks_fresh: bool) -> _Parts:
        written = Written()
        needs = needs_of([self._condition])
        scope = PEOPLE
        if self._among is not None:
            scope += f" AND c.profile_id = ANY({written.bind(list(self._among), 'uuid[]')})"
        parts = _Parts(
            matches=write_condition(self._condition, written, self._instant.today),
            joins=f"{SHEETS}\n{STANDINGS}" if needs.standing else SHEETS,
            scope=scope,
            written=written,
        )
        if asks_fresh:  # a parameter that is bound but not asked for is an error
            parts.fresh = is_fresh(written, self._instant, has_standing=needs.standing)
        return parts

    async def count(self, connection: asyncpg.Connection, *, sample: int = 0) -> Counted:
        """Count who matches among those whose sheet is of now, in one pass."""
        q = self._parts(asks_fresh=True)
        row = await self._ask(
            connection,
            q.written,
            f"""
            SELECT total, coalesce(cardinality(matching), 0) AS matching,
                matching[1:{int(sample)}] AS sample, stale, believed
            FROM (
                SELECT count(*) AS total,
                    array_agg(c.profile_id) FILTER (WHERE {q.fresh} AND {q.matches})
                        AS matching,
                    array_agg(c.profile_id) FILTER (WHERE NOT {q.fresh}) AS stale,
                    count(*) FILTER (WHERE NOT {q.fresh} AND {q.matches}) AS believed
                FROM customers c {q.joins} WHERE {q.scope}
            ) AS counted
            """,  # noqa: S608 - written by us, values bound
        )
        found = row[0]
        return Counted(
            total=found["total"],
            matching=found["matching"],
            believed=found["believed"],
            sample=found["sample"] or [],
            stale=found["stale"] or [],
        )

    async def list_page(
        self, connection: asyncpg.Connection, after: UUID | None, limit: int
    ) -> list[Member]:
        """List who matches, as they were looked at last, in the order of profiles after one."""
        q = self._parts(asks_fresh=False)
        start = q.written.bind(after or UUID(int=0), "uuid")
        rows = await self._ask(
            connection,
            q.written,
            f"""
            SELECT c.profile_id, c.customer_id, s.lifecycle, coalesce(s.orders_365, 0) AS orders,
                coalesce(s.spend_365, 0) AS spend, s.last_orders AS last_order
            FROM customers c {q.joins}
            WHERE {q.scope} AND c.profile_id > {start} AND {q.matches}
            ORDER BY c.profile_id LIMIT {int(limit)}
            """,  # noqa: S608 - written by us, values bound
        )
        return [Member(**dict(row)) for row in rows]

    async def who_differs(self, connection: asyncpg.Connection, segment_key: str) -> list[UUID]:
        """Name those whose stored membership of a segment is not what it is now."""
        q = self._parts(asks_fresh=True)
        key = q.written.bind(segment_key, "text")
        rows = await self._ask(
            connection,
            q.written,
            f"""
            SELECT c.profile_id FROM customers c {q.joins}
            LEFT JOIN segment_members m
                ON m.profile_id = c.profile_id AND m.segment_key = {key}
            WHERE {q.scope} AND {q.fresh}
                AND {q.matches} <> (m.profile_id IS NOT NULL)
            """,  # noqa: S608 - written by us, values bound
        )
        return [row["profile_id"] for row in rows]

    async def _ask(
        self, connection: asyncpg.Connection, written: Written, statement: str
    ) -> list[asyncpg.Record]:
        given = written.parameters
        plan: Any = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *given)
        if plan[0]["Plan"]["Total Cost"] > self._most_cost:
            raise TooCostly
        return list(await connection.fetch(statement, *given))


def is_fresh(written: Written, instant: Instant, *, has_standing: bool) -> str:
    """Write that what conditions are decided from is of now."""
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
