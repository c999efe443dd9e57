"""Statements over the table `offers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

_LIST: Final = "offer_key, version, document, created_at, updated_at"
_ADD: Final = f"""
INSERT INTO offers (offer_key, document, created_at, updated_at) VALUES ($1, $2, $3, $3)
ON CONFLICT (offer_key) DO NOTHING RETURNING {_LIST}
"""  # noqa: S608 - our own column list
_CHANGE: Final = f"""
UPDATE offers SET document = $2, updated_at = $3, version = version + 1
WHERE offer_key = $1 AND version = $4 RETURNING {_LIST}
"""  # noqa: S608 - as above
_FIND: Final = f"SELECT {_LIST} FROM offers WHERE offer_key = $1"  # noqa: S608 - as above
_PAGE: Final = f"""
SELECT {_LIST} FROM offers WHERE offer_key > $1 ORDER BY offer_key LIMIT $2
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class StoredOffer:
    """A row of `offers`."""

    offer_key: str
    version: int
    document: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


async def add_offer(
    connection: asyncpg.Connection, key: str, document: Mapping[str, Any], now: datetime
) -> StoredOffer | None:
    """Store a new offer; None when the key is taken."""
    return _read(await connection.fetchrow(_ADD, key, dict(document), now))


async def change_offer(
    connection: asyncpg.Connection,
    key: str,
    document: Mapping[str, Any],
    *,
    version: int,
    now: datetime,
) -> StoredOffer | None:
    """Replace an offer whose version is still this one; None when it is another by now."""
    return _read(await connection.fetchrow(_CHANGE, key, dict(document), now, version))


async def find_offer(connection: asyncpg.Connection | asyncpg.Pool, key: str) -> StoredOffer | None:
    """Find an offer."""
    return _read(await connection.fetchrow(_FIND, key))


async def offers_after(pool: asyncpg.Pool, after: str, limit: int) -> list[StoredOffer]:
    """List offers by their keys, from after one on."""
    return [StoredOffer(**row) for row in await pool.fetch(_PAGE, after, limit)]


def _read(row: asyncpg.Record | None) -> StoredOffer | None:
    return None if row is None else StoredOffer(**row)
