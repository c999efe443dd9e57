"""List a customer's pins or grants, also those that have ended: they say what was true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.scoring.domain.controls import Sort
from services.scoring.errors import UnknownCustomer
from services.scoring.queries.people.controls import list_controls
from services.scoring.queries.people.profiles import find_profile
from services.scoring.usecases.controls.give import Held, told


@dataclass(frozen=True, slots=True)
class PageOf:
    """Which page: of a programme or of all, after an id, so many."""

    programme: str | None
    after: UUID | None
    limit: int


async def list_held(
    pool: asyncpg.Pool, sort: Sort, customer_id: str, page: PageOf
) -> tuple[list[dict[str, Any]], str | None]:
    """Give one page and the cursor of the next; raises UnknownCustomer."""
    profile = await find_profile(pool, customer_id)
    if profile is None:
        raise UnknownCustomer
    found = await list_controls(
        pool,
        sort,
        profile.profile_id,
        programme=page.programme,
        after=page.after,
        limit=page.limit + 1,
    )
    items = [told(Held(profile, control)) for control in found[: page.limit]]
    return items, items[-1]["id"] if len(found) > page.limit else None
