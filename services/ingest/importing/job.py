"""One import: a file under a mapping into a database, or judged without one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asyncpg import Pool

from services.ingest.domain.mapping import ColumnMapping, MappingRefused
from services.ingest.domain.rates import NO_RATES, RateTable
from services.ingest.importing.columns import MappedRows
from services.ingest.importing.files import open_rows
from services.ingest.importing.json_rows import WHOLE, JsonRows
from services.ingest.usecases.import_file import (
    Import,
    Listing,
    Progress,
    Reached,
    Receipt,
    Summary,
    import_file,
)
from services.ingest.usecases.import_receipts import Receipts
from services.ingest.usecases.import_rows import RowReader
from services.ingest.usecases.import_survey import survey
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


@dataclass(frozen=True)
class ImportJob:
    """A file, what its columns mean, and who is told about its rows.

    `kind`: how to read it, where its name does not say.
    """

    path: Path
    mapping: ColumnMapping
    source_id: str
    listing: Listing
    progress: Progress
    kind: str | None = None

    async def run(
        self, pool: Pool, shop: Shop, *, done: int = 0, reached: Reached | None = None
    ) -> Summary:
        """Take the file in; raises FileRefused or MappingRefused.

        `done`: so many receipts were stored before; `reached` is told how many are by now.
        """
        self._check()
        registry = Registry(pool, shop.base_currency)
        reading = await registry.reading(
            self.source_id,
            now=shop.now,
            currency=self.mapping.constants.get("currency"),
            shop_zone=shop.zone,
            secrets=shop.secrets,
        )
        work = self.begin(reading)
        return await import_file(
            pool,
            work,
            self.receipts_of(work),
            secrets=shop.secrets,
            done=done,
            reached=reached or _nobody,
        )

    def judge(self, shop: Shop, rates: RateTable = NO_RATES) -> Summary:
        """Read the whole file and change nothing; raises FileRefused or MappingRefused."""
        self._check()
        reading = Reading(
            source_id=self.source_id,
            order_namespace=self.source_id,
            is_authoritative=True,
            now=shop.now,
            base_currency=shop.base_currency or self.mapping.constants.get("currency", ""),
            zones={},
            shop_zone=shop.zone,
            secrets=shop.secrets,
            rates=rates,
        )
        work = self.begin(reading)
        for _ in self.receipts_of(work):
            pass
        return work.summary

    @cached_property
    def _rows(self) -> MappedRows | JsonRows:
        """Open the file: rows under the mapping, or receipts of ours."""
        rows = open_rows(self.path, self.mapping.form, self.kind)
        if isinstance(rows, JsonRows) and rows.are_receipts:
            return rows
        return MappedRows(rows, self.mapping, self.path.parent)

    def _check(self) -> None:
        try:
            ZoneInfo(self.mapping.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise MappingRefused('"time_zone" must be an IANA name such as Asia/Shanghai') from None
        _ = self._rows

    def begin(self, reading: Reading) -> Import:
        """Prepare to read the file; raises MappingRefused without a currency."""
        is_ours = isinstance(self._rows, JsonRows)
        if not (is_ours or self.mapping.constants.get("currency") or reading.base_currency):
            raise MappingRefused("name the currency: --currency CNY, or a constant of the mapping")
        reader = RowReader(reading, self.mapping)
        return Import(reader, Receipts(reading), self.listing, self.progress)

    def receipts_of(self, work: Import) -> Iterator[Receipt]:
        """Look through the file once, then yield its receipts; raises FileRefused."""
        rows = self._rows
        if isinstance(rows, JsonRows):
            for _ in rows.chunks([WHOLE]):  # a line too long refuses the file before it is begun
                pass
            return work.receipts_of_ours(rows.chunks([WHOLE]), WHOLE)
        found = survey(rows.chunks(), work.reader.read, lambda _: None)
        return work.receipts(rows.chunks(), found)


async def _nobody(_: int) -> None:
    """Need not be told."""
