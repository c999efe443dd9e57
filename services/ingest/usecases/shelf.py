"""What is known of goods, remembered a few seconds; costs nothing in a shop that keeps none."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Final

from asyncpg import Pool

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.goods import Goods, completed, incomplete_skus
from services.ingest.queries.products import are_there_products, goods_of

_FRESH_S: Final = 5.0
_REMEMBERED: Final = 50_000


class Shelf:
    """Goods by SKU, read when a line needs them; also which SKUs are not known."""

    def __init__(self, pool: Pool, now: Callable[[], float] = monotonic) -> None:
        """Take the pool, and a monotonic clock in seconds."""
        self._pool = pool
        self._now = now
        self._is_used = False
        self._goods: dict[str, Goods | None] = {}
        self._read_at = float("-inf")

    def forget(self) -> None:
        """Read goods anew at the next use, after one was changed here."""
        self._read_at = float("-inf")

    async def complete(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Copy category and cost of their goods to the lines that lack them.

        They stay in the event: a product that changes later alters nothing.
        """
        if self._now() - self._read_at >= _FRESH_S or len(self._goods) > _REMEMBERED:
            self._goods.clear()
            self._is_used = await are_there_products(self._pool)
            self._read_at = self._now()
        if not self._is_used:
            return arrivals
        needed = incomplete_skus(arrival.record for arrival in arrivals)
        goods = await self._known(needed) if needed else {}
        if not any(goods.values()):
            return arrivals
        return [replace(a, record=completed(a.record, goods)) for a in arrivals]

    async def _known(self, skus: set[str]) -> dict[str, Goods | None]:
        missing = [sku for sku in skus if sku not in self._goods]
        if missing:
            self._goods |= dict.fromkeys(missing) | await goods_of(self._pool, missing)
        # read before anybody else may forget them
        return {sku: self._goods.get(sku) for sku in skus}
