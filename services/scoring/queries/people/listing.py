"""List customers in the order of an index, a window at a time: no page takes a scan.

Whoever filters strongly gets a page that is not full, and a cursor behind the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.conditions.needs import needs_of
from services.scoring.domain.conditions.tree import Condition
from services.scoring.domain.listing import AmongProspects, Asked, ByName, ByValue, Place
from services.scoring.queries.conditions.ask import (
    PEOPLE,
    SHEETS,
    STANDINGS,
    Instant,
    is_fresh,
)
from services.scoring.queries.conditions.compile import write_condition
from services.scoring.queries.conditions.written import Written
from services.scoring.queries.people.ladder import (
    Ladder,
    ends_of,
    orders_of,
    value_tests,
    write_walk,
)

_MEMBERS: Final = (
    "SELECT count(*) FROM (SELECT FROM segment_members WHERE segment_key = $1 LIMIT $2) m"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One customer of a page with the tier they are told, and where they stand in the list."""

    profile_id: UUID
    customer_id: str | None
    rank: int | None
    since: datetime | None
    place: Place


@dataclass(frozen=True, slots=True)
class Window:
    """Who of a window matched, and where it ended; `end` is None where nothing came after."""

    found: list[Found]
    end: Place | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of customers as statements with bound parameters.

    `members`: the key of a segment whose members are looked up; `condition`: bound, is asked of
    everybody in the window.
    """

    ladder: Ladder
    asked: Asked
    instant: Instant
    members: str | None = None
    condition: Condition | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is tested of whoever a window holds."""
        is_chosen = self.ladder.is_one and self.ladder.few is None and self.members is None
        return is_chosen and self.condition is None

    async def window(
        self, connection: asyncpg.Connection, after: Place, size: int, limit: int
    ) -> Window:
        """Look at a window after a place; give up to `limit` who match, in order."""
        written = Written()
        walk = write_walk(self.ladder, self.asked, after, size, written)
        rows = await connection.fetch(
            f"""
            WITH walk AS MATERIALIZED ({walk}), last AS (
                SELECT *, (SELECT count(*) FROM walk) AS walked FROM walk
                ORDER BY {ends_of(after)} LIMIT 1
            ), found AS (
                SELECT w.*, c.customer_id, t.rank, t.since FROM walk w {self._joins(after, written)}
                WHERE {self._tests(after, written)} ORDER BY {orders_of(after, "w")}
                LIMIT {int(limit)}
            )
            SELECT l.profile_id AS l_profile_id, l.score AS l_score, l.name AS l_name, l.walked,
                f.* FROM last l LEFT JOIN found f ON true ORDER BY {orders_of(after, "f")}
            """,  # noqa: S608 - written by us, values bound
            *written.parameters,
        )
        found = [_found(row, after) for row in rows if row["profile_id"] is not None]
        is_full = bool(rows) and rows[0]["walked"] == size
        return Window(found, _place(rows[0], after, "l_") if is_full else None)

    async def stale(
        self, connection: asyncpg.Connection, after: Place, size: int, limit: int
    ) -> list[UUID]:
        """Name those of a window of whom a condition would be asked on what is not of now."""
        if self.condition is None:
            return []
        written = Written()
        walk = write_walk(self.ladder, self.asked, after, size, written)
        standing = needs_of([self.condition]).standing
        rows = await connection.fetch(
            f"""
            WITH walk AS MATERIALIZED ({walk})
            SELECT c.profile_id FROM walk w JOIN customers c USING (profile_id)
            {SHEETS} {STANDINGS if standing else ""}
            WHERE {PEOPLE} AND NOT {is_fresh(written, self.instant, has_standing=standing)}
            LIMIT {int(limit)}
            """,  # noqa: S608 - written by us, values bound
            *written.parameters,
        )
        return [row["profile_id"] for row in rows]

    def _joins(self, after: Place, written: Written) -> str:
        key, release = self.ladder.told, self.ladder.told_release
        told = f"""
        JOIN customers c USING (profile_id)
        LEFT JOIN tier_current t ON t.profile_id = c.profile_id
            AND t.programme_key = {written.bind(key, "text")}
            AND t.release_id = {written.bind(release or 0, "bigint")}
        """
        if isinstance(after, ByName) and self.asked.asks_value:
            told += f"""
            JOIN tier_current v ON v.profile_id = c.profile_id
                AND v.programme_key = {written.bind(self.ladder.scored, "text")}
                AND v.release_id = {written.bind(self.ladder.scored_release, "bigint")}
            """
        if self.condition is None:
            return told
        standing = needs_of([self.condition]).standing
        return f"{told} {SHEETS} {STANDINGS if standing else ''}"

    def _tests(self, after: Place, written: Written) -> str:
        tests = [PEOPLE, *self._tiers(written)]
        if isinstance(after, ByName):
            tests.append("convert_to(c.customer_id, 'UTF8') = w.name")
            tests += value_tests(self.asked, "v", written)
        if self.members is not None:
            tests.append(
                "EXISTS (SELECT FROM segment_members m WHERE m.profile_id = c.profile_id"
                f" AND m.segment_key = {written.bind(self.members, 'text')})"
            )
        if self.condition is not None:
            tests.append(write_condition(self.condition, written, self.instant.today))
        return " AND ".join(tests)

    def _tiers(self, written: Written) -> list[str]:
        """Test the class and the stage of who was not chosen by them."""
        tests = []
        if self.asked.ranks is not None:
            tests.append(f"t.rank = ANY({written.bind(list(self.asked.ranks), 'smallint[]')})")
        if self.asked.stages is not None:
            stages = [stage.value for stage in self.asked.stages]
            tests.append(f"t.lifecycle = ANY({written.bind(stages, 'text[]')})")
        return tests


async def has_few_members(pool: asyncpg.Pool, segment_key: str, most: int) -> bool:
    """Tell whether a segment has so many members at most."""
    return bool(await pool.fetchval(_MEMBERS, segment_key, most + 1) <= most)


def _found(row: asyncpg.Record, after: Place) -> Found:
    return Found(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        rank=row["rank"],
        since=row["since"],
        place=_place(row, after, ""),
    )


def _place(row: asyncpg.Record, after: Place, prefix: str) -> Place:
    match after:
        case ByName():
            return ByName(row[f"{prefix}name"])
        case AmongProspects():
            return AmongProspects(row[f"{prefix}profile_id"])
        case ByValue():
            return ByValue(row[f"{prefix}score"], row[f"{prefix}profile_id"])
