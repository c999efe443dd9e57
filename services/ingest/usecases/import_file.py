"""Take a whole file in, receipt by receipt, batch by batch; once more changes nothing."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from asyncpg import Pool

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.import_rows import Chunk, Grouping, RawRow
from services.ingest.domain.mapping import NAMES
from services.ingest.usecases.accept import accept
from services.ingest.usecases.import_receipts import Receipts, RowReader
from shared.secrets import Secrets

#: Receipts and rows of one transaction, whichever is reached first.
BATCH_RECEIPTS: Final = 1_000
BATCH_ROWS: Final = 20_000
_ORDER = NAMES.index("order_id") + 1


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row had no effect."""

    row: int
    code: str
    message: str


@dataclass(slots=True)
class Summary:
    """What became of a file; `faults` are listed row by row in the error file."""

    rows: int = 0
    receipts: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    sequence: int = 0


Progress = Callable[[float, Summary], None]
Listing = Callable[[RowFault], None]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt that was read: its rows in the file, and what it is."""

    rows: tuple[int, ...]
    arrivals: list[Arrival]


@dataclass(slots=True)
class Import:
    """One run over a file. `listing` is told every row without effect, `progress` how far it is."""

    reader: RowReader
    build: Receipts
    listing: Listing
    progress: Progress
    summary: Summary = field(default_factory=Summary)

    def receipts(
        self, chunks: Iterable[Chunk], last: Mapping[Hashable, int] | None
    ) -> Iterator[Receipt]:
        """Yield the receipts of a file as they are complete; `last`: where each order ends."""
        grouping = Grouping(last)
        for chunk in chunks:
            whole = replace(chunk, columns=self.reader.with_constants(chunk.columns, chunk.length))
            self.summary.rows += chunk.length
            by_order = ((row[_ORDER], row) for row in whole.rows(NAMES))
            for rows in grouping.complete(by_order):
                receipt = self._receipt(rows)
                if receipt is not None:
                    yield receipt
            self.progress(chunk.share, self.summary)

    def _receipt(self, rows: list[RawRow]) -> Receipt | None:
        """Read one receipt; one bad row refuses all of it: nothing is half done."""
        self.summary.receipts += 1
        numbers = tuple(row[0] for row in rows)
        faults: dict[int, ItemRefused] = {}
        read = []
        for row in rows:
            try:
                read.append(self.reader.read(row))
            except ItemRefused as error:
                faults[row[0]] = error
        if not faults:
            try:
                return Receipt(numbers, self.build.arrivals_of(read))
            except ItemRefused as error:
                faults = dict.fromkeys(numbers, error)
        self.summary.rejected += 1
        for number in numbers:
            self.listing(_fault(number, faults))
        return None


def _fault(number: int, faults: Mapping[int, ItemRefused]) -> RowFault:
    error = faults.get(number)
    if error is None:
        return RowFault(number, "receipt_refused", f"row {min(faults)} of its order is refused")
    return RowFault(number, error.code, error.message)


async def import_file(
    pool: Pool, work: Import, receipts: Iterable[Receipt], *, secrets: Secrets
) -> Summary:
    """Accept every receipt, in batches, each in one transaction; returns when all are committed.

    The next batch is read in a thread while one is with the database. Never two at the database:
    neighbouring batches bring the same new customers and would keep each other waiting.
    """
    batches = _batches(receipts)
    upcoming = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (batch := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(next, batches, None))
            await _accept_batch(pool, work, batch, secrets=secrets)
    finally:
        await asyncio.wait([upcoming])
    return work.summary


async def _accept_batch(
    pool: Pool, work: Import, batch: list[Receipt], *, secrets: Secrets
) -> None:
    arrivals = [arrival for receipt in batch for arrival in receipt.arrivals]
    outcome = await accept(pool, arrivals, secrets=secrets, now=work.build.reading.now)
    summary = work.summary
    summary.accepted += len(outcome.accepted)
    summary.duplicates += len(outcome.duplicates)
    summary.conflicts += len(outcome.conflicts)
    summary.sequence = max(summary.sequence, outcome.sequence)
    rows_of = {arrival.index: receipt.rows for receipt in batch for arrival in receipt.arrivals}
    for index in outcome.conflicts:
        for row in rows_of[index]:
            work.listing(
                RowFault(row, "same_key_other_body", "known with other content; the first stays")
            )


def _batches(receipts: Iterable[Receipt]) -> Iterator[list[Receipt]]:
    batch: list[Receipt] = []
    rows = 0
    for receipt in receipts:
        batch.append(receipt)
        rows += len(receipt.rows)
        if len(batch) >= BATCH_RECEIPTS or rows >= BATCH_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch
