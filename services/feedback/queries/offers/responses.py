"""Statements over the table `offer_responses`."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.offers.response import Response, Standing, Tally

_COLUMNS: Final = tuple(field.name for field in fields(Response))
_LIST: Final = ", ".join(_COLUMNS)
_VALUES: Final = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
# The latest answer wins, in whatever order they come; of two at one instant the first one told.
_PUT: Final = f"""
INSERT INTO offer_responses AS r ({_LIST}) VALUES ({_VALUES})
ON CONFLICT (customer_id, offer_key, sending) DO UPDATE SET answer = excluded.answer,
    programme_key = excluded.programme_key, tier_key = excluded.tier_key,
    lifecycle = excluded.lifecycle, feedback_id = excluded.feedback_id, at = excluded.at,
    received_at = excluded.received_at
WHERE r.at < excluded.at
RETURNING {_LIST}
"""  # noqa: S608 - our own column list
_FIND: Final = f"""
SELECT {_LIST} FROM offer_responses WHERE customer_id = $1 AND offer_key = $2 AND sending = $3
"""  # noqa: S608 - as above
_NEWEST: Final = f"""
SELECT {_LIST} FROM offer_responses WHERE offer_key = $1 AND (at, response_id) < ($2, $3)
ORDER BY at DESC, response_id DESC LIMIT $4
"""  # noqa: S608 - as above
_TALLIES: Final = """
SELECT tier_key, lifecycle, answer, count(*)::int AS count FROM offer_responses
WHERE offer_key = $1 AND at >= $2 AND at < $3 GROUP BY 1, 2, 3
"""
_STANDING: Final = """
SELECT t.programme_key, t.tier_key, t.lifecycle FROM live_releases l
JOIN programmes p ON p.programme_key = l.programme_key AND p.is_default
JOIN tier_current t ON t.profile_id = $1 AND t.programme_key = l.programme_key
    AND t.release_id = l.release_id
LIMIT 1
"""
_END: Final = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


async def put_response(connection: asyncpg.Connection, response: Response) -> Response | None:
    """Store an answer unless a later one is there; None then."""
    values = [getattr(response, name) for name in _COLUMNS]
    row = await connection.fetchrow(_PUT, *values)
    return None if row is None else Response(**row)


async def response_of(
    connection: asyncpg.Connection, customer_id: str, offer_key: str, sending: str
) -> Response | None:
    """Find the answer of a customer to one sending of an offer."""
    row = await connection.fetchrow(_FIND, customer_id, offer_key, sending)
    return None if row is None else Response(**row)


async def newest_responses(
    pool: asyncpg.Pool, offer_key: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[Response]:
    """List answers to an offer, newest first, from before a place on."""
    return [Response(**r) for r in await pool.fetch(_NEWEST, offer_key, *(before or _END), limit)]


async def tallies_of(
    pool: asyncpg.Pool, offer_key: str, since: datetime, until: datetime
) -> list[Tally]:
    """Count the answers to an offer by tier, lifecycle and answer."""
    return [Tally(**row) for row in await pool.fetch(_TALLIES, offer_key, since, until)]


async def standing_of(connection: asyncpg.Connection, profile_id: UUID) -> Standing:
    """Tell what a customer holds in the default programme, as it was last decided."""
    row = await connection.fetchrow(_STANDING, profile_id)
    return Standing() if row is None else Standing(**row)
