"""Customers found by identifiers, orders and the beginning of an id: index reads only."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.identity import Claim
from services.ingest.domain.search import BY_PREFIX, Match, Person, past_prefix

#: Systems of others that hold ids of customers, and order namespaces, that are looked through.
MAX_PLACES: Final = 64

# Jumps from kind to kind along the primary key: as many index reads as there are kinds.
_KINDS = """
WITH RECURSIVE kinds(kind) AS (
    SELECT min(kind) FROM identifiers
    UNION ALL
    SELECT (SELECT min(i.kind) FROM identifiers i WHERE i.kind > k.kind)
    FROM kinds k WHERE k.kind IS NOT NULL
)
SELECT kind FROM (SELECT kind FROM kinds WHERE kind IS NOT NULL LIMIT $1) AS all_kinds
WHERE kind LIKE 'external:%'
"""
_MATCHES = """
SELECT t.kind, i.profile_id
FROM unnest($1::text[], $2::bytea[]) AS t(kind, lookup_key) JOIN identifiers i
    USING (kind, lookup_key)
UNION ALL
SELECT t.found_by, o.profile_id
FROM unnest($3::text[], $4::bytea[]) AS t(found_by, order_key) JOIN order_keys o USING (order_key)
WHERE o.profile_id IS NOT NULL
"""
_BEGINNING = """
SELECT profile_id FROM identifiers
WHERE kind = 'customer_id' AND lookup_key > $1 AND lookup_key < $2
ORDER BY lookup_key LIMIT $3
"""
_PEOPLE = """
SELECT c.profile_id, c.customer_id, c.created_at, w.profile_id, w.customer_id,
    coalesce(w.attributes, '{}') || c.attributes AS attributes, days.first, days.last
FROM customers c LEFT JOIN customers w ON w.profile_id = c.merged_into
CROSS JOIN LATERAL (
    SELECT min(business_date) AS first, max(business_date) AS last FROM customer_day d
    WHERE d.profile_id = coalesce(w.profile_id, c.profile_id)
) AS days
WHERE c.profile_id = ANY($1::uuid[]) AND c.erased_at IS NULL AND w.erased_at IS NULL
"""


async def external_kinds(connection: Connection) -> list[str]:
    """List the kinds of identifier that systems of others give."""
    return [row[0] for row in await connection.fetch(_KINDS, MAX_PLACES)]


async def order_namespaces(connection: Connection) -> list[str]:
    """List the namespaces in which orders are known."""
    rows = await connection.fetch(
        "SELECT DISTINCT order_namespace FROM sources ORDER BY 1 LIMIT $1", MAX_PLACES
    )
    return [row[0] for row in rows]


async def matches_of(
    connection: Connection, claims: Iterable[Claim], orders: Iterable[tuple[str, bytes]]
) -> list[Match]:
    """Return who holds one of these identifiers, or bought under one of these order keys."""
    wanted = [(claim.kind, claim.key) for claim in claims]
    bought = list(orders)
    rows = await connection.fetch(
        _MATCHES,
        [kind for kind, _ in wanted],
        [key for _, key in wanted],
        [found_by for found_by, _ in bought],
        [key for _, key in bought],
    )
    return [Match(*row) for row in rows]


async def beginning_with(connection: Connection, prefix: str, limit: int) -> list[Match]:
    """Return whose customer id begins with a text and goes on, by id."""
    begun = prefix.encode()
    rows = await connection.fetch(_BEGINNING, begun, past_prefix(begun), limit)
    return [Match(BY_PREFIX, row[0]) for row in rows]


async def people_of(connection: Connection, profile_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Return those of these profiles who were not erased."""
    rows = await connection.fetch(_PEOPLE, profile_ids)
    return {row[0]: Person(*row) for row in rows}
