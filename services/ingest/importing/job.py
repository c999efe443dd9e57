"""One import: a file under a mapping into a database, or judged without one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asyncpg import Pool

from services.ingest.domain.files.import_rows import Chunk
from services.ingest.domain.files.mapping import ColumnMapping, MappingRefused
from services.ingest.domain.identity import TRUST
from services.ingest.domain.rates import NO_RATES, RateTable
from services.ingest.importing.columns import MappedRows
from services.ingest.importing.files import open_rows
from services.ingest.importing.json_rows import WHOLE, JsonRows
from services.ingest.usecases.files.import_file import (
    Import,
    Listing,
    Progress,
    Reached,
    Receipt,
    RowFault,
    Summary,
    import_file,
)
from services.ingest.usecases.files.import_receipts import Receipts
from services.ingest.usecases.files.import_rows import RowReader
from services.ingest.usecases.files.import_survey import survey
from services.ingest.usecases.read_items import Reading
from services.ingest.usecases.reading import Registry
from shared.money import is_currency
from shared.secrets import Secrets

#: The share of an import that its first look through the file is.
_LOOK: Final = 0.1


@dataclass(frozen=True, slots=True)
class Shop:
    """What the settings say about the shop whose purchases these are.

    `trust`: kinds of identifier, most trusted first.
    """

    now: datetime
    zone: ZoneInfo
    base_currency: str | None
    secrets: Secrets
    trust: tuple[str, ...] = TRUST


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
        self,
        pool: Pool,
        shop: Shop,
        *,
        begun: Summary | None = None,
        reached: Reached | None = None,
    ) -> Summary:
        """Take the file in; raises FileRefused or MappingRefused.

        `begun`: what runs before this one did; `reached` is told how far this one is.
        """
        self.check()
        registry = Registry(pool, shop.base_currency)
        reading = await registry.reading(
            self.source_id,
            now=shop.now,
            currency=self._currency(),
            shop_zone=shop.zone,
            secrets=shop.secrets,
        )
        work = self.begin(reading)
        work.summary = begun or work.summary
        receipts = self.receipts_of(work)
        told = reached or _nobody
        return await import_file(
            pool, work, receipts, secrets=shop.secrets, reached=told, order=shop.trust
        )

    def judge(self, shop: Shop, rates: RateTable = NO_RATES) -> Summary:
        """Read the whole file and change nothing; raises FileRefused or MappingRefused."""
        self.check()
        reading = Reading(
            source_id=self.source_id,
            order_namespace=self.source_id,
            is_authoritative=True,
            now=shop.now,
            base_currency=shop.base_currency or self._currency() or "",
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

    def chunks(self) -> Iterator[Chunk]:
        """Read the file once, in our columns."""
        rows = self._rows
        return rows.chunks([WHOLE]) if isinstance(rows, JsonRows) else rows.chunks()

    def check(self) -> None:
        """Open the file under its mapping; raises FileRefused or MappingRefused."""
        try:
            ZoneInfo(self.mapping.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise MappingRefused('"time_zone" must be an IANA name such as Asia/Shanghai') from None
        _ = self._rows

    def _currency(self) -> str | None:
        """Return the currency the file is in: the mapping's, else the first one a row names."""
        named = self.mapping.constants.get("currency")
        if named is not None:
            return named
        chunk = next(self.chunks(), None)
        cells = () if chunk is None else chunk.columns.get("currency", ())
        if chunk is not None and WHOLE in chunk.columns:
            cells = [receipt.get("currency") for receipt in chunk.columns[WHOLE]]
        return next((cell for cell in cells if isinstance(cell, str) and is_currency(cell)), None)

    def begin(self, reading: Reading) -> Import:
        """Prepare to read the file; raises MappingRefused without a currency."""
        is_ours = isinstance(self._rows, JsonRows)
        if not (is_ours or self.mapping.constants.get("currency") or reading.base_currency):
            raise MappingRefused(
                "name the currency: --currency CNY (over HTTP: ?currency=CNY),"
                " or a constant of the mapping"
            )
        reader = RowReader(reading, self.mapping)
        return Import(
            reader, Receipts(reading, self.mapping.identifier), self.listing, self.progress
        )

    def _looked(self, share: float) -> None:
        """Tell how much of the first look is done: it takes about a tenth of the time."""
        self.progress(share * _LOOK, Summary())

    def receipts_of(self, work: Import) -> Iterator[Receipt]:
        """Look through the file once, then yield its receipts; raises FileRefused."""
        if isinstance(self._rows, JsonRows):
            for _ in self.chunks():  # a line too long refuses the file before it is begun
                pass
            return work.receipts_of_ours(self.chunks(), WHOLE)
        found = survey(self.chunks(), work.reader.read, self._looked)
        return work.receipts(self.chunks(), found)


async def _nobody(_: Summary, __: int, ___: list[RowFault]) -> None:
    """Need not be told."""
