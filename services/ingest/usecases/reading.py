"""What reading an item depends on: its source, stores' zones, base currency, rates; cached."""

from datetime import datetime, tzinfo
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

from asyncpg import Pool

from services.ingest.domain.rates import NO_RATES, RateTable
from services.ingest.queries import registry
from services.ingest.queries.exchange_rates import rate_table
from services.ingest.queries.registry import Source
from services.ingest.usecases.read_items import Reading
from services.ingest.usecases.shelf import Shelf
from shared.secrets import Secrets

_FRESH_S: Final = 5.0


class Registry:
    """Sources, stores' zones and the base currency, read again every few seconds."""

    def __init__(self, pool: Pool, base_currency: str | None) -> None:
        """Take the pool, and the base currency if the settings fix it."""
        self._pool = pool
        self._configured = base_currency
        self._base_currency: str | None = None
        self._sources: dict[str, tuple[float, Source]] = {}
        self._zones: dict[str, tzinfo] = {}
        self._zones_read: float = float("-inf")
        self._rates = NO_RATES
        self.shelf = Shelf(pool)
        self._rates_read: float = float("-inf")

    def forget(self) -> None:
        """Read stores, sources and rates anew at the next use, after one was changed here."""
        self._zones_read = self._rates_read = float("-inf")
        self._sources.clear()

    async def base_currency(self, wanted: str | None, now: datetime) -> str:
        """Return the base currency; the first one wanted fixes it for ever; "" before that."""
        fixed = self._configured or wanted
        if self._base_currency is None and fixed is not None:
            self._base_currency = await registry.fix_base_currency(self._pool, fixed, now)
        return self._base_currency or ""

    async def source(self, source_id: str, now: datetime) -> Source:
        """Return a source, registering it when it is new."""
        known = self._sources.get(source_id)
        if known is not None and monotonic() - known[0] < _FRESH_S:
            return known[1]
        source = await registry.require_source(self._pool, source_id, now)
        self._sources[source_id] = (monotonic(), source)
        return source

    async def zones(self) -> dict[str, tzinfo]:
        """Return the time zone of every store that has one."""
        if monotonic() - self._zones_read >= _FRESH_S:
            names = await registry.store_zones(self._pool)
            self._zones = {store_id: ZoneInfo(name) for store_id, name in names.items()}
            self._zones_read = monotonic()
        return self._zones

    async def rates(self) -> RateTable:
        """Return the exchange rates to the base currency."""
        if monotonic() - self._rates_read >= _FRESH_S:
            self._rates = await rate_table(self._pool)
            self._rates_read = monotonic()
        return self._rates

    async def reading(
        self,
        source_id: str,
        *,
        now: datetime,
        currency: str | None,
        shop_zone: tzinfo,
        secrets: Secrets,
    ) -> Reading:
        """Return all that reading a batch of one source depends on."""
        source = await self.source(source_id, now)
        return Reading(
            source_id=source.source_id,
            order_namespace=source.order_namespace,
            is_authoritative=source.is_authoritative,
            now=now,
            base_currency=await self.base_currency(currency, now),
            zones=await self.zones(),
            shop_zone=shop_zone,
            secrets=secrets,
            rates=await self.rates(),
        )
