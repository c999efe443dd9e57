"""Read everything status decisions rest on in one statement: facts, controls, what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.decision import StatusCustomer, StoredStatus
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.tiers.decision import Versions

_ENTRY: Final = ("entry_id", "reverses", "at", "known_at", "spend", "margin", "orders")
_ENTRY_COLUMNS: Final = (*_ENTRY, "quantity_milli")

#: Nobody joined before shops kept books; instants outside cannot be reckoned with in every zone.
_FIRST_ENROLMENT: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LAST_ENROLMENT: Final = datetime(9999, 1, 1, tzinfo=UTC)

#: Pins, grants and paid memberships of profiles ($1) in a programme ($2): what was decided about
#: whoever was merged in counts for the customer. One that was taken back acted until then; a
#: membership also until all of the order it was paid with came back, not at all if that is void.
CONTROLS: Final = """
WITH members AS (
    SELECT p.profile_id AS owner, p.profile_id FROM unnest($1::uuid[]) AS p (profile_id)
    UNION ALL
    SELECT merged_into, profile_id FROM customers WHERE merged_into = ANY($1::uuid[])
)
SELECT m.owner, 'pin' AS sort, p.pin_id::text AS id, p.mode AS word, p.tier_key, p.starts_at,
    least(p.ends_at, p.ended_at) AS ends_at
FROM members m JOIN pins p ON p.profile_id = m.profile_id AND p.programme_key = $2
UNION ALL
SELECT m.owner, 'grant', g.grant_id::text, g.kind, g.tier_key, g.starts_at,
    least(g.ends_at, g.ended_at)
FROM members m JOIN grants g ON g.profile_id = m.profile_id AND g.programme_key = $2
UNION ALL
SELECT s.profile_id, 'grant', encode(s.membership_id, 'hex'), 'paid', s.tier_key, s.starts_at,
    least(s.ends_at, s.ended_at, u.undone_at)
FROM memberships s
LEFT JOIN LATERAL (
    SELECT CASE WHEN o.is_void THEN s.starts_at ELSE (
        SELECT max(e.known_at) FROM entries e
        WHERE e.profile_id = s.profile_id AND e.reverses = s.order_key) END AS undone_at
    FROM orders o
    WHERE o.profile_id = s.profile_id AND o.order_key = s.order_key
        AND (o.is_void OR o.returned_quantity_milli >= o.quantity_milli)
) u ON true
WHERE s.profile_id = ANY($1::uuid[]) AND s.programme_key = $2
"""
_READ: Final = f"""
WITH controls AS MATERIALIZED ({CONTROLS})
SELECT c.profile_id, c.customer_id, c.version, coalesce(k.control_version, 0) AS control_version,
    c.attributes ->> 'enrolled_at' AS enrolled_at, v.release_id,
    t.decided_at, t.rank, t.state, h.tier_to, h.release_id AS h_release,
    d.order_days, e.*, o.*
FROM unnest($1::uuid[]) WITH ORDINALITY AS a (profile_id, place)
JOIN customers c ON c.profile_id = a.profile_id
LEFT JOIN live_releases v ON v.programme_key = $2
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $2
    AND t.release_id = v.release_id
LEFT JOIN LATERAL (
    SELECT tier_to, release_id FROM tier_history
    WHERE profile_id = c.profile_id AND programme_key = $2
    ORDER BY decided_at DESC, history_id DESC LIMIT 1
) h ON true
LEFT JOIN LATERAL (
    SELECT array_agg(business_date ORDER BY business_date) AS order_days FROM customer_day
    WHERE profile_id = c.profile_id AND business_date <= $3 AND orders > 0
) d ON true
LEFT JOIN LATERAL (
    SELECT {", ".join(f"array_agg({name}) AS e_{name}" for name in _ENTRY_COLUMNS)}
    FROM entries WHERE profile_id = c.profile_id
) e ON true
LEFT JOIN LATERAL (
    SELECT array_agg(sort) AS c_sort, array_agg(id) AS c_id, array_agg(word) AS c_word,
        array_agg(tier_key) AS c_tier, array_agg(starts_at) AS c_starts,
        array_agg(ends_at) AS c_ends
    FROM controls WHERE owner = c.profile_id
) o ON true
ORDER BY a.place
"""  # noqa: S608 - our own column names


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """Customers with all that decides them, and the release that was live, of one instant."""

    customers: list[StatusCustomer]
    release_id: int | None


async def read_status(
    connection: asyncpg.Pool | asyncpg.Connection,
    profile_ids: Sequence[UUID],
    programme: str,
    today: date,
) -> StatusSnapshot:
    """Read customers (known ones, in the order asked) as of now."""
    rows = await connection.fetch(_READ, profile_ids, programme, today)
    return StatusSnapshot([_customer(row) for row in rows], rows[0]["release_id"] if rows else None)


def _customer(row: asyncpg.Record) -> StatusCustomer:
    pins, grants = _controls(row)
    return StatusCustomer(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        versions=Versions(row["version"], row["control_version"]),
        enrolled_at=enrolment(row["enrolled_at"]),
        rows=_entries(row),
        pins=pins,
        grants=grants,
        order_days=row["order_days"] or (),
        stored=stored_status(row),
        last_told=None if row["tier_to"] is None else (row["tier_to"], row["h_release"]),
    )


def _entries(row: asyncpg.Record) -> list[EntryRow]:
    if row["e_entry_id"] is None:
        return []
    columns = (row[f"e_{name}"] for name in _ENTRY_COLUMNS)
    return list(map(EntryRow._make, zip(*columns, strict=True)))


def _controls(row: asyncpg.Record) -> tuple[list[Pin], list[Grant]]:
    if row["c_sort"] is None:
        return [], []
    names = ("c_sort", "c_id", "c_word", "c_tier", "c_starts", "c_ends")
    return controls_of(zip(*(row[name] for name in names), strict=True))


def controls_of(listed: Any) -> tuple[list[Pin], list[Grant]]:
    """Sort rows (sort, id, word, tier, start, end) into pins and grants, in an order of theirs.

    What was taken back before it began never acted. A membership that names no tier is left to
    the rules that ask for one.
    """
    pins, grants = [], []
    for sort, control_id, word, tier_key, starts_at, ends_at in sorted(listed, key=_by_id):
        if ends_at is not None and ends_at <= starts_at:
            continue
        if sort == "pin":
            pins.append(Pin(control_id, word, tier_key, starts_at, ends_at))
        else:
            grants.append(Grant(control_id, word, tier_key or "", starts_at, ends_at))
    return pins, grants


def _by_id(listed: Sequence[Any]) -> tuple[str, str]:
    return listed[0], listed[1]


def enrolment(told: str | None) -> datetime | None:
    """Read what a profile says of its enrolment; whatever is no instant of ours says nothing."""
    try:
        at = None if told is None else datetime.fromisoformat(told)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not _FIRST_ENROLMENT <= at < _LAST_ENROLMENT:
        return None
    return at


def stored_status(row: Mapping[str, Any]) -> StoredStatus | None:
    """Read back what `tier_current` keeps; None where nothing is stored."""
    if row["decided_at"] is None:
        return None
    state: dict[str, Any] = row["state"]
    warned = state.get("warned")
    return StoredStatus(
        decided_at=row["decided_at"],
        rank=row["rank"],
        items=state["items"],
        items_sum=state["sum"],
        warned=None if warned is None else datetime.fromisoformat(warned),
    )
