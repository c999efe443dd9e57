"""Records kept aside: found again, refused again, replayed once."""

from dataclasses import fields
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.kept import Filter, Kept

_AFTER_ALL: Final = UUID(int=2**128 - 1)
_BEFORE_ALL: Final = UUID(int=0)


_COLUMNS = ", ".join(field.name for field in fields(Kept))
_CHOSEN = """($3::text IS NULL OR source_id = $3) AND ($4::text IS NULL OR reason = $4)
    AND ($5::boolean IS NULL OR (replayed_at IS NOT NULL) = $5)"""


async def kept_before(pool: Pool, chosen: Filter, *, before: UUID | None, limit: int) -> list[Kept]:
    """Return records, newest first, from before the given one on."""
    rows = await pool.fetch(
        f"""
        SELECT {_COLUMNS} FROM quarantine WHERE quarantine_id < $1 AND {_CHOSEN}
        ORDER BY quarantine_id DESC LIMIT $2
        """,  # noqa: S608 - constants of ours
        before or _AFTER_ALL,
        limit,
        chosen.source,
        chosen.reason,
        chosen.is_replayed,
    )
    return [Kept(*row) for row in rows]


async def waiting_after(
    pool: Pool, chosen: Filter, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Return records, oldest first, from after the given one on."""
    rows = await pool.fetch(
        f"""
        SELECT quarantine_id FROM quarantine WHERE quarantine_id > $1 AND {_CHOSEN}
        ORDER BY quarantine_id LIMIT $2
        """,  # noqa: S608 - constants of ours
        after or _BEFORE_ALL,
        limit,
        chosen.source,
        chosen.reason,
        chosen.is_replayed,
    )
    return [row[0] for row in rows]


async def waiting_groups(pool: Pool, newest: int) -> list[tuple[str, str, int, int, datetime]]:
    """Return (source, reason, records, times seen, newest) of what waits among the newest."""
    rows = await pool.fetch(
        """
        SELECT source_id, reason, count(*), sum(times_seen)::bigint,
            max(coalesce(last_seen_at, received_at))
        FROM (SELECT * FROM quarantine ORDER BY quarantine_id DESC LIMIT $1) AS kept
        WHERE replayed_at IS NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
        """,
        newest,
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


async def kept_is_more_than(pool: Pool, count: int) -> bool:
    """Tell whether more records are kept than that."""
    found: bool = await pool.fetchval(
        "SELECT EXISTS (SELECT FROM quarantine ORDER BY quarantine_id DESC OFFSET $1)", count
    )
    return found


async def find_kept(pool: Pool, quarantine_id: UUID) -> tuple[Kept, bytes] | None:
    """Return a record and its sealed body."""
    row = await pool.fetchrow(
        f"SELECT {_COLUMNS}, body_encrypted FROM quarantine WHERE quarantine_id = $1",  # noqa: S608 - our own column list
        quarantine_id,
    )
    return None if row is None else (Kept(*row[:-1]), row[-1])


async def refuse_again(pool: Pool, quarantine_id: UUID, *, reason: str, message: str) -> None:
    """Note why a record that was tried again is refused now."""
    await pool.execute(
        """
        UPDATE quarantine SET reason = $2, message = $3
        WHERE quarantine_id = $1 AND replayed_at IS NULL
        """,
        quarantine_id,
        reason,
        message,
    )


async def mark_replayed(
    connection: Connection, quarantine_id: UUID, sequence: int, now: datetime
) -> bool:
    """Note that a record counts now; False when it was replayed before."""
    done = await connection.execute(
        """
        UPDATE quarantine SET replayed_at = $3, replayed_sequence = $2
        WHERE quarantine_id = $1 AND replayed_at IS NULL
        """,
        quarantine_id,
        sequence,
        now,
    )
    return bool(done == "UPDATE 1")
