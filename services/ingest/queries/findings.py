"""Pages of what became of orders and returns: returns without effect, corrected orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Pool

from services.ingest.queries.corrected import CORRECTED


@dataclass(frozen=True, slots=True)
class Found:
    """A return without effect, as it is listed."""

    finding: str
    at: datetime
    event_key: bytes
    order_key: bytes | None
    sequence: int
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings: of one kind or all, not younger than these instants, after a place."""

    finding: str | None
    orphans_until: datetime
    others_until: datetime
    after: tuple[datetime, bytes] | None


async def findings_after(pool: Pool, wanted: Wanted, limit: int) -> list[Found]:
    """Return the next findings, the oldest first."""
    at, key = wanted.after or (None, b"")
    rows = await pool.fetch(
        """
        SELECT f.finding, f.at, f.event_key, f.order_key, e.sequence, c.customer_id
        FROM return_findings f JOIN event_keys e USING (event_key)
        LEFT JOIN customers c USING (profile_id)
        WHERE ($1::text IS NULL OR f.finding = $1)
            AND f.at <= CASE f.finding WHEN 'orphan' THEN $2::timestamptz ELSE $3::timestamptz END
            AND ($4::timestamptz IS NULL OR (f.at, f.event_key) > ($4, $5::bytea))
        ORDER BY f.at, f.event_key LIMIT $6
        """,
        wanted.finding,
        wanted.orphans_until,
        wanted.others_until,
        at,
        key,
        limit,
    )
    return [Found(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Corrected:
    """An order worth something else than before, as the audit log keeps it."""

    audit_id: UUID
    at: datetime
    subject: str
    details: dict[str, Any]
    customer_id: str | None
    currency: str


async def corrections_before(pool: Pool, before: UUID | None, limit: int) -> list[Corrected]:
    """Return the next corrections, the newest first; those of the erased are no more."""
    rows = await pool.fetch(
        """
        SELECT a.audit_id, a.at, a.subject, a.details, c.customer_id, shop.base_currency
        FROM audit_log a CROSS JOIN shop
        LEFT JOIN customers c ON c.profile_id = (a.details ->> 'profile_id')::uuid
        WHERE a.action = $1 AND a.details ? 'profile_id' AND ($2::uuid IS NULL OR a.audit_id < $2)
        ORDER BY a.audit_id DESC LIMIT $3
        """,
        CORRECTED,
        before,
        limit,
    )
    return [Corrected(*row) for row in rows]
