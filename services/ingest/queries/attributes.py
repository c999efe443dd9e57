"""Attributes of profiles, and when each was told."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.traits import Attributes
from services.ingest.queries import bulk


async def hold(connection: Connection, profile_ids: Iterable[UUID]) -> dict[UUID, Attributes]:
    """Return the attributes of these profiles, held until commit."""
    rows = await connection.fetch(
        """
        SELECT profile_id, attributes, attributes_at FROM customers
        WHERE profile_id = ANY($1::uuid[]) ORDER BY profile_id FOR UPDATE
        """,
        list(profile_ids),
    )
    return {row[0]: Attributes(row[1], row[2] or {}) for row in rows}


async def put(connection: Connection, attributes: Mapping[UUID, Attributes]) -> None:
    """Store the attributes of held profiles."""
    await bulk.run(
        connection,
        """
        UPDATE customers SET attributes = t.known, attributes_at = t.told
        FROM unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) AS t(profile_id, known, told)
        WHERE customers.profile_id = t.profile_id
        """,
        ((p, dict(each.values), dict(each.told)) for p, each in attributes.items()),
    )
