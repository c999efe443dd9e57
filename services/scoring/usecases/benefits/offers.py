"""What a process remembers of published offers: a version never changes."""

from __future__ import annotations

from typing import Final

import asyncpg

from services.scoring.domain.benefits.offer import Offer, read_offer
from services.scoring.errors import UnknownProgramme
from services.scoring.queries.rewards.benefits import find_document

_MOST: Final = 256


class Offers:
    """Reads every version's offer once."""

    __slots__ = ("_kept", "_pool", "_shop_zone")

    def __init__(self, pool: asyncpg.Pool, shop_zone: str) -> None:
        """Take where versions are read from, and the shop's time zone."""
        self._pool = pool
        self._shop_zone = shop_zone
        self._kept: dict[tuple[str, int, bool], Offer] = {}

    async def offer(self, programme: str, version: int, *, is_price_off: bool = False) -> Offer:
        """Give what a version offers, if need be without its price benefits.

        Raises UnknownProgramme.
        """
        asked = (programme, version, is_price_off)
        kept = self._kept.get(asked)
        if kept is not None:
            return kept
        document = await find_document(self._pool, programme, version)
        if document is None:
            raise UnknownProgramme
        zone = self._shop_zone
        made = read_offer(programme, document, shop_zone=zone, is_price_off=is_price_off)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[asked] = made
        return made
