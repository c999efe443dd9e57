"""Take a whole file in, receipt by receipt, batch by batch; once more changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from asyncpg import Pool

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.files.import_rows import MAY_REPEAT, SKIPPED, Chunk, Grouping
from services.ingest.domain.identity import TRUST
from services.ingest.usecases.accept import Outcome
from services.ingest.usecases.accept_plain import accept_plain
from services.ingest.usecases.files.import_receipts import Receipts
from services.ingest.usecases.files.import_rows import Row, RowReader
from services.ingest.usecases.files.import_survey import Survey
from services.ingest.usecases.orders import CROWDED
from services.ingest.usecases.read_receipts import read_receipt
from services.ingest.usecases.shelf import Shelf
from shared.secrets import Secrets

#: Receipts and rows of one batch, whichever is reached first.
BATCH_RECEIPTS: Final = 5_000
BATCH_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row had no effect."""

    row: int
    code: str
    message: str


@dataclass(slots=True)
class Summary:
    """What became of a file. `unread`, `unfit`: receipts refused by reading, by the database.

    `done`: so many receipts, as they stand in the file, were stored by runs before this one.
    """

    rows: int = 0
    rows_total: int | None = None
    receipts: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    unread: int = 0
    unfit: int = 0
    skipped: int = 0
    sequence: int = 0
    done: int = 0

    @property
    def rejected(self) -> int:
        """Return how many receipts had no effect because something is wrong with them."""
        return self.unread + self.unfit


Progress = Callable[[float, Summary], None]
Listing = Callable[[RowFault], None]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt that was read: its rows in the file, and what it is."""

    rows: tuple[int, ...]
    arrivals: list[Arrival]


@dataclass(frozen=True, slots=True)
class Step:
    """Some receipts of a file, and how many there were up to here, refused ones too."""

    receipts: list[Receipt]
    reached: int


@dataclass(slots=True)
class Import:
    """One run over a file. `listing` is told every row without effect, `progress` how far it is."""

    reader: RowReader
    build: Receipts
    listing: Listing
    progress: Progress
    summary: Summary = field(default_factory=Summary)

    def receipts(self, chunks: Iterable[Chunk], survey: Survey) -> Iterator[Receipt]:
        """Yield the receipts of a file as they are complete."""
        flags = survey.flags
        self.summary.rows_total = survey.rows
        grouping: Grouping[Row | ItemRefused] = Grouping(flags)
        for chunk in chunks:
            self.summary.rows += chunk.length
            orders = chunk.columns.get("order_id") or [None] * chunk.length
            rows = self.reader.read(chunk)
            for whole in grouping.complete(chunk.first_row, orders, rows):
                receipt = self._receipt(whole, may_repeat=bool(flags[whole[0][0] - 1] & MAY_REPEAT))
                if receipt is not None:
                    yield receipt
            self.progress(0.1 + 0.9 * chunk.share, self.summary)
        for whole in grouping.rest():
            receipt = self._receipt(whole, may_repeat=True)
            if receipt is not None:
                yield receipt

    def receipts_of_ours(self, chunks: Iterable[Chunk], column: str) -> Iterator[Receipt]:
        """Yield the receipts of a file that holds receipts as they are posted, one a row."""
        indexes = count()
        for chunk in chunks:
            self.summary.rows += chunk.length
            for number, item in enumerate(chunk.columns[column], chunk.first_row):
                self.summary.receipts += 1
                try:
                    if number in chunk.faults:
                        raise chunk.faults[number]
                    arrival = read_receipt(next(indexes), item, self.build.reading)
                    yield Receipt((number,), [arrival])
                except ItemRefused as error:
                    self.summary.unread += 1
                    self.listing(RowFault(number, error.code, error.message))
            self.progress(0.1 + 0.9 * chunk.share, self.summary)

    def _receipt(
        self, whole: list[tuple[int, Row | ItemRefused]], *, may_repeat: bool
    ) -> Receipt | None:
        """Build one receipt; one bad row refuses all of it: nothing is half done."""
        if whole[0][1] is SKIPPED:
            self.summary.skipped += 1
            return None
        self.summary.receipts += 1
        numbers = tuple([number for number, _ in whole])
        rows = [row for _, row in whole if not isinstance(row, ItemRefused)]
        error: ItemRefused | None = None
        if len(rows) == len(whole):
            try:
                return Receipt(numbers, self.build.arrivals_of(rows, may_repeat=may_repeat))
            except ItemRefused as refused:
                error = refused
        self.summary.unread += 1
        for fault in _faults(whole, error):
            self.listing(fault)
        return None


def _faults(
    whole: list[tuple[int, Row | ItemRefused]], of_all: ItemRefused | None
) -> Iterator[RowFault]:
    """Yield why each row of a refused receipt has no effect."""
    first = next((number for number, row in whole if isinstance(row, ItemRefused)), 0)
    for number, row in whole:
        if of_all is not None:
            yield RowFault(number, of_all.code, of_all.message)
        elif isinstance(row, ItemRefused):
            yield RowFault(number, row.code, row.message)
        else:
            yield RowFault(number, "receipt_refused", f"row {first} of its order is refused")


#: Told after each batch: the summary, how many receipts of the file are stored by now, and which
#: rows only the database refused.
Reached = Callable[[Summary, int, list[RowFault]], Awaitable[None]]


async def import_file(  # noqa: PLR0913 - what an import needs, each by its name
    pool: Pool,
    work: Import,
    receipts: Iterable[Receipt],
    *,
    secrets: Secrets,
    reached: Reached,
    order: tuple[str, ...] = TRUST,
) -> Summary:
    """Accept every receipt, in batches; returns when all are committed.

    What runs before this one stored is read once more, not stored again. The next batch is read in
    a thread while one is with the database. Never two at the database: neighbouring batches bring
    the same new customers and would keep each other waiting.
    """
    steps, shelf = _steps(work, receipts), Shelf(pool)
    upcoming = asyncio.create_task(asyncio.to_thread(next, steps, None))
    try:
        while (step := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(next, steps, None))
            arrivals = [arrival for receipt in step.receipts for arrival in receipt.arrivals]
            arrivals, now = await shelf.complete(arrivals), work.build.reading.now
            outcome = await accept_plain(pool, arrivals, secrets=secrets, now=now, order=order)
            faults = _counted(work, step, outcome)
            await reached(work.summary, step.reached, faults)
    finally:
        await asyncio.wait([upcoming])
    return work.summary


def _counted(work: Import, step: Step, outcome: Outcome) -> list[RowFault]:
    """Add up and list what became of a step; returns the rows only the database refused."""
    summary = work.summary
    summary.accepted += len(outcome.accepted)
    summary.duplicates += len(outcome.duplicates)
    summary.conflicts += len(outcome.conflicts)
    summary.unfit += len(outcome.unfit) + len(outcome.erased) + len(outcome.crowded)
    summary.sequence = max(summary.sequence, outcome.sequence)
    faults = list(_told(step, outcome))
    for fault in faults:
        work.listing(fault)
    return faults


def _told(step: Step, outcome: Outcome) -> Iterator[RowFault]:
    """Yield what only the database could tell about rows."""
    reasons = (
        (outcome.conflicts, "same_key_other_body", "known with other content; the first stays"),
        (outcome.unfit, "out_of_range", "its sums are larger than can be kept exactly"),
        (outcome.erased, "erased", "it names somebody who was erased"),
        (outcome.crowded, CROWDED.code, CROWDED.message),
    )
    if not any(indexes for indexes, _, _ in reasons):
        return
    rows_of = {a.index: receipt.rows for receipt in step.receipts for a in receipt.arrivals}
    for indexes, code, message in reasons:
        for index in indexes:
            yield from (RowFault(row, code, message) for row in rows_of[index])


def _steps(work: Import, receipts: Iterable[Receipt]) -> Iterator[Step]:
    batch: list[Receipt] = []
    rows = 0
    for receipt in receipts:
        if work.summary.receipts <= work.summary.done:
            continue
        batch.append(receipt)
        rows += len(receipt.rows)
        if len(batch) >= BATCH_RECEIPTS or rows >= BATCH_ROWS:
            yield Step(batch, work.summary.receipts)
            batch, rows = [], 0
    if batch:
        yield Step(batch, work.summary.receipts)
