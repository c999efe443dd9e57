"""One import: a file under a mapping into a database, or judged without one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asyncpg import Pool

from services.ingest.domain.import_rows import last_rows
from services.ingest.domain.mapping import ColumnMapping, MappingRefused
from services.ingest.importing.files import RowFile
from services.ingest.usecases.import_file import (
    Import,
    Listing,
    Progress,
    Receipt,
    Summary,
    import_file,
)
from services.ingest.usecases.import_receipts import Receipts, RowReader
from services.ingest.usecases.read_items import Reading
from services.ingest.usecases.reading import Registry
from shared.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Shop:
    """What the settings say about the shop whose purchases these are."""

    now: datetime
    zone: ZoneInfo
    base_currency: str | None
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class ImportJob:
    """A file, what its columns mean, and who is told about its rows."""

    rows: RowFile
    mapping: ColumnMapping
    source_id: str
    listing: Listing
    progress: Progress

    async def run(self, pool: Pool, shop: Shop) -> Summary:
        """Take the file in; raises FileRefused or MappingRefused."""
        columns = self._columns()
        registry = Registry(pool, shop.base_currency)
        reading = await registry.reading(
            self.source_id,
            now=shop.now,
            currency=self.mapping.constants.get("currency"),
            shop_zone=shop.zone,
            secrets=shop.secrets,
        )
        work = self._import(reading)
        return await import_file(pool, work, self._receipts(work, columns), secrets=shop.secrets)

    def judge(self, shop: Shop) -> Summary:
        """Read the whole file and change nothing; raises FileRefused or MappingRefused."""
        columns = self._columns()
        reading = Reading(
            source_id=self.source_id,
            order_namespace=self.source_id,
            is_authoritative=True,
            now=shop.now,
            base_currency=shop.base_currency or self.mapping.constants.get("currency", ""),
            zones={},
            shop_zone=shop.zone,
            secrets=shop.secrets,
        )
        work = self._import(reading)
        for _ in self._receipts(work, columns):
            pass
        return work.summary

    def _columns(self) -> dict[str, str]:
        try:
            ZoneInfo(self.mapping.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise MappingRefused('"time_zone" must be an IANA name such as Asia/Shanghai') from None
        return self.mapping.columns_of(self.rows.names)

    def _import(self, reading: Reading) -> Import:
        currency = self.mapping.constants.get("currency") or reading.base_currency
        if not currency:
            raise MappingRefused("name the currency: --currency CNY, or a constant of the mapping")
        if currency != reading.base_currency:
            raise MappingRefused(
                f"amounts in {currency} need an exchange rate to {reading.base_currency}, "
                "the currency this shop counts in; there is none"
            )
        receipts = Receipts(reading)
        return Import(RowReader(reading, self.mapping), receipts, self.listing, self.progress)

    def _receipts(self, work: Import, columns: dict[str, str]) -> Iterator[Receipt]:
        last = None
        if "order_id" in columns:
            last = last_rows(self.rows.chunks({"order_id": columns["order_id"]}))
        return work.receipts(self.rows.chunks(columns), last)
