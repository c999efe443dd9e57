"""Look up programmes, and what they told about a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import asyncpg

from services.scoring.domain.records import ToldTier
from services.scoring.errors import UnknownCustomer
from services.scoring.queries.people import profiles
from services.scoring.usecases.releases.catalog import Catalog

_LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HistoryQuestion:
    """Which history: of a programme, up to a business instant, as we knew it at an instant."""

    customer_id: str
    programme: str | None
    as_of: datetime | None
    known_at: datetime | None


async def history_of(
    pool: asyncpg.Pool, catalog: Catalog, asked: HistoryQuestion
) -> list[ToldTier]:
    """List what was told about a customer, the newest first; raises UnknownCustomer."""
    programme = await catalog.programme_key(asked.programme)
    profile = await profiles.find_profile(pool, asked.customer_id)
    if profile is None:
        raise UnknownCustomer
    as_of, known_at = asked.as_of or _LAST, asked.known_at or _LAST
    return await profiles.tier_history(
        pool, profile.profile_id, programme, as_of=as_of, known_at=known_at
    )
