"""Salted hashes of what the erased were known by, refused until they expire."""

from collections.abc import Iterable
from datetime import datetime

from asyncpg import Connection

from services.ingest.queries import bulk

#: Held shared by whoever keeps a refused item, exclusively by an erasure until it commits.
KEEPING_LOCK = 7_351_003
Tombstone = tuple[str, bytes]


async def hold_keeping(connection: Connection) -> None:
    """Make erasures wait until this transaction has kept what it read."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", KEEPING_LOCK)


async def stop_keeping(connection: Connection) -> None:
    """Wait for those who keep refused items; who comes later sees the new tombstones."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", KEEPING_LOCK)


async def raise_tombstones(
    connection: Connection, keys: Iterable[Tombstone], *, now: datetime, until: datetime
) -> None:
    """Refuse these identifiers (kind, salted hash) until then."""
    await bulk.run(
        connection,
        """
        INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::timestamptz[])
            AS t(kind, lookup_key, erased_at, refused_until)
        ORDER BY kind, lookup_key
        ON CONFLICT (kind, lookup_key) DO UPDATE SET
            erased_at = excluded.erased_at,
            refused_until = greatest(tombstones.refused_until, excluded.refused_until)
        """,
        ((kind, key, now, until) for kind, key in set(keys)),
    )


async def are_there_tombstones(connection: Connection) -> bool:
    """Tell whether anybody was erased of late."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM tombstones)"))


async def standing(
    connection: Connection, keys: Iterable[Tombstone], now: datetime
) -> set[Tombstone]:
    """Return which of these identifiers are refused now."""
    kinds, hashes = zip(*wanted, strict=True) if (wanted := sorted(set(keys))) else ((), ())
    rows = await connection.fetch(
        """
        SELECT kind, lookup_key FROM unnest($1::text[], $2::bytea[]) AS t(kind, lookup_key)
        JOIN tombstones USING (kind, lookup_key) WHERE refused_until > $3
        """,
        kinds,
        hashes,
        now,
    )
    return {(row[0], row[1]) for row in rows}
