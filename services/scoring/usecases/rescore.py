"""Decide changed customers before anybody asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog

MOST_AT_ONCE: Final = 1000


async def rescore(profile_ids: Sequence[UUID], decider: Decider, catalog: Catalog) -> None:
    """Bring the stored decisions of customers up to date in every programme."""
    for programme in await catalog.programme_keys():
        for start in range(0, len(profile_ids), MOST_AT_ONCE):
            await decider.refresh(profile_ids[start : start + MOST_AT_ONCE], programme)
