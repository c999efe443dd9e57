"""Rows that name people in texts of their own: refused items, stored answers, notes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.erasing import KEPT

Place = tuple[UUID, int]

_QUARANTINE = """
SELECT quarantine_id, body_encrypted FROM quarantine
WHERE quarantine_id > $1 ORDER BY quarantine_id LIMIT $2
"""

#: By table: a key as text, and every text of the row that a sender or an operator wrote.
_TEXTS: Final[Mapping[str, str]] = {
    "idempotency_keys": """
        SELECT json_build_array(key_id, route, key)::text, json_build_array(key, response)::text
        FROM idempotency_keys
        """,
    "audit_log": """
        SELECT audit_id::text, json_build_array(actor, subject, details)::text FROM audit_log
        """,
    "import_errors": """
        SELECT json_build_array(import_id, "row")::text, message FROM import_errors
        """,
    "imports": "SELECT import_id::text, json_build_array(file_name, message)::text FROM imports",
    "jobs": """
        SELECT job_id::text, json_build_array(arguments, message, result)::text FROM jobs
        """,
    "erasures": "SELECT erasure_id::text, reason FROM erasures",
    "identity_links": """
        SELECT json_build_array(loser_id, sequence)::text, reason FROM identity_links
        WHERE reason <> ''
        """,
    "outbox": """
        SELECT outbox_id::text, payload::text FROM outbox
        WHERE topic <> 'customers_changed' AND topic NOT LIKE 'customer\\_erased.%'
        """,
}
#: What is done with the rows found, by key.
_REMOVALS: Final[Mapping[str, str]] = {
    "idempotency_keys": """
        DELETE FROM idempotency_keys
        WHERE json_build_array(key_id, route, key)::text = ANY($1::text[])
        """,
    "audit_log": """
        UPDATE audit_log SET actor = 'erased', subject = 'erased', details = '{}'
        WHERE audit_id = ANY($1::text[]::uuid[])
        """,
    "import_errors": """
        UPDATE import_errors SET message = ''
        WHERE json_build_array(import_id, "row")::text = ANY($1::text[])
        """,
    "imports": """
        UPDATE imports SET file_name = 'erased', message = ''
        WHERE import_id = ANY($1::text[]::uuid[])
        """,
    "jobs": """
        UPDATE jobs SET arguments = '{}', message = '', result = '{}'
        WHERE job_id = ANY($1::text[]::uuid[]) AND finished_at IS NOT NULL
        """,
    "erasures": """
        UPDATE erasures SET reason = 'erased' WHERE erasure_id = ANY($1::text[]::uuid[])
        """,
    "identity_links": """
        UPDATE identity_links SET reason = ''
        WHERE json_build_array(loser_id, sequence)::text = ANY($1::text[])
        """,
    "outbox": "DELETE FROM outbox WHERE outbox_id = ANY($1::text[]::uuid[])",
}
TABLES: Final = tuple(_TEXTS)


async def refused_after(
    connection: Connection, after: UUID, *, limit: int
) -> list[tuple[UUID, bytes]]:
    """Return the next refused items, their bodies sealed."""
    rows = await connection.fetch(_QUARANTINE, after, limit)
    return [(row[0], row[1]) for row in rows]


async def drop_refused(connection: Connection, ids: Sequence[UUID]) -> None:
    """Delete refused items."""
    await connection.execute("DELETE FROM quarantine WHERE quarantine_id = ANY($1::uuid[])", ids)


async def texts(connection: Connection, table: str) -> AsyncIterator[tuple[str, str]]:
    """Yield key and text of every row of a table, inside the caller's transaction."""
    async for row in connection.cursor(_TEXTS[table], prefetch=1000):
        if row[1] is not None:
            yield row[0], row[1]


_EVENTS: Final = """
WITH part AS MATERIALIZED (
    SELECT profile_id, sequence, (body - $3::text[])::text AS words FROM events
    WHERE (profile_id, sequence) > ($1, $2) ORDER BY profile_id, sequence LIMIT $5
)
SELECT profile_id, sequence, words ~* $4 FROM part
WHERE words ~* $4 OR (profile_id, sequence) = (
    SELECT profile_id, sequence FROM part ORDER BY profile_id DESC, sequence DESC LIMIT 1)
ORDER BY profile_id, sequence
"""


async def told_elsewhere(
    connection: Connection, after: Place, pattern: str, *, limit: int
) -> tuple[list[Place], Place | None]:
    """Look through the words of the next events of anybody; None at the end of the log."""
    rows = await connection.fetch(_EVENTS, *after, sorted(KEPT), pattern, limit)
    found = [(row[0], row[1]) for row in rows if row[2]]
    return found, (rows[-1][0], rows[-1][1]) if rows else None


async def remove_texts(connection: Connection, table: str, keys: Sequence[str]) -> None:
    """Blank or delete the rows of a table with these keys."""
    if keys:
        await connection.execute(_REMOVALS[table], keys)
