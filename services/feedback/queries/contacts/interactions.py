"""Statements over the table `interactions`."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.contacts.interaction import Interaction

_COLUMNS: Final = tuple(field.name for field in fields(Interaction))
_LIST: Final = ", ".join(_COLUMNS)
_VALUES: Final = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
_END: Final = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
_ADD = f"""
INSERT INTO interactions ({_LIST}) VALUES ({_VALUES})
ON CONFLICT (event_key) DO NOTHING RETURNING interaction_id
"""  # noqa: S608 - our own column list
_FIND = f"SELECT {_LIST} FROM interactions WHERE event_key = $1"  # noqa: S608 - as above
_ONE = f"SELECT {_LIST} FROM interactions WHERE interaction_id = $1"  # noqa: S608 - as above
_NEWEST = f"""
SELECT {_LIST} FROM interactions WHERE (at, interaction_id) < ($1, $2)
ORDER BY at DESC, interaction_id DESC LIMIT $3
"""  # noqa: S608 - as above
# Of each id its newest: a customer of many contacts costs no more than one of few.
_NEWEST_OF = f"""
SELECT {_LIST} FROM unnest($4::text[]) AS asked (one_id) CROSS JOIN LATERAL (
    SELECT * FROM interactions i
    WHERE i.customer_id = asked.one_id AND (i.at, i.interaction_id) < ($1, $2)
    ORDER BY i.at DESC, i.interaction_id DESC LIMIT $3) AS newest
ORDER BY at DESC, interaction_id DESC LIMIT $3
"""  # noqa: S608 - as above


async def add_interaction(connection: asyncpg.Connection, interaction: Interaction) -> bool:
    """Store a contact; False when its key is there already."""
    values = [getattr(interaction, name) for name in _COLUMNS]
    return await connection.fetchval(_ADD, *values) is not None


async def interaction_under(connection: asyncpg.Connection, event_key: bytes) -> Interaction | None:
    """Find a contact by its key."""
    row = await connection.fetchrow(_FIND, event_key)
    return None if row is None else Interaction(**row)


async def find_interaction(pool: asyncpg.Pool, interaction_id: UUID) -> Interaction | None:
    """Find a contact by our id."""
    row = await pool.fetchrow(_ONE, interaction_id)
    return None if row is None else Interaction(**row)


async def newest_interactions(
    pool: asyncpg.Pool,
    customer_ids: Sequence[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Interaction]:
    """List contacts (with the customer of these ids), newest first, from before a place on."""
    at, last_id = before or _END
    if customer_ids is None:
        rows = await pool.fetch(_NEWEST, at, last_id, limit)
    else:
        rows = await pool.fetch(_NEWEST_OF, at, last_id, limit, customer_ids)
    return [Interaction(**row) for row in rows]
