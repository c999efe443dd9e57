"""A posted batch: read each item, keep bad ones aside, accept the good ones, tell scoring."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.records import Activity, Membership
from services.ingest.usecases.accept import Outcome
from services.ingest.usecases.keep_refused import ERASED, keep_refused
from services.ingest.usecases.orders import CROWDED
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_items import Reading, read_each
from services.ingest.usecases.read_receipts import read_receipt
from services.ingest.usecases.running import Ingest
from shared.contracts.receipts import BatchResult, ItemConflict, ItemRejected
from shared.money import is_currency

Reader = Callable[[int, object, Reading], Arrival]
CurrencyOf = Callable[[object], str | None]
_AT_ONCE = 250
#: More items than this are read one request at a time: between two, refusals are answered.
_SMALL = 16
_UNFIT = ItemRefused("out_of_range", "it would make a sum larger than is kept exactly")


async def post_receipts(ingest: Ingest, source_id: str, items: Sequence[Any]) -> BatchResult:
    """Take receipts in; returns when the accepted ones are committed."""
    return await post_arrivals(
        ingest, source_id, items, read=read_receipt, currency_of=receipt_currency
    )


async def post_events(ingest: Ingest, source_id: str, items: Sequence[Any]) -> BatchResult:
    """Take events in; returns when the accepted ones are committed."""
    return await post_arrivals(
        ingest, source_id, items, read=read_event, currency_of=order_currency
    )


def receipt_currency(holder: object) -> str | None:
    """Return the currency that a receipt names."""
    value = holder.get("currency") if isinstance(holder, dict) else None
    return value if isinstance(value, str) and is_currency(value) else None


def order_currency(item: object) -> str | None:
    """Return the currency that an event names."""
    return receipt_currency(item.get("properties")) if isinstance(item, dict) else None


def names_no_currency(_: object) -> str | None:
    """Say nothing: for items that never fix the base currency."""
    return None


async def post_arrivals(
    ingest: Ingest,
    source_id: str,
    items: Sequence[Any],
    *,
    read: Reader,
    currency_of: CurrencyOf = names_no_currency,
) -> BatchResult:
    """Take anything in that `read` turns into arrivals; returns when the good ones are committed.

    An item that `read` refuses (ItemRefused) is kept in quarantine under the name of `read`.
    """
    now = ingest.clock.now()
    reading = await ingest.registry.reading(
        source_id, now=now, currency=None, shop_zone=ingest.zone, secrets=ingest.secrets
    )
    if not reading.base_currency:
        reading = await with_currency(ingest, reading, items, read=read, currency_of=currency_of)
    first = ingest.committing.first_number(len(items))
    async with ingest.admission.turn if len(items) > _SMALL else nullcontext():
        arrivals, refused = await _read(items, first, lambda n, item: read(n, item, reading))
    arrivals = await ingest.registry.shelf.complete(arrivals)
    outcome = await ingest.committing.take(arrivals) if arrivals else Outcome()
    refused += [(number - first, _UNFIT) for number in outcome.unfit]
    refused += [(number - first, ERASED) for number in outcome.erased]
    refused += [(number - first, CROWDED) for number in outcome.crowded]
    ingest.counts.add(
        source_id,
        received=len(items),
        accepted=len(outcome.accepted),
        duplicates=len(outcome.duplicates),
        conflicts=len(outcome.conflicts),
        rejected=len(refused),
    )
    # after the good ones: a batch that could not be stored is sent again, and kept aside once
    kept = await keep_refused(
        ingest.pool,
        [(items[index], error) for index, error in refused],
        source_id=source_id,
        route=read.__name__,
        secrets=ingest.secrets,
        now=now,
    )
    return _result(
        outcome,
        first,
        [(i, error, str(kept_id)) for (i, error), kept_id in zip(refused, kept, strict=True)],
    )


async def _read(
    items: Sequence[Any], first: int, read: Callable[[int, object], Arrival]
) -> tuple[list[Arrival], list[tuple[int, ItemRefused]]]:
    """Read items numbered from `first`; lets others in between, for a thousand take 50 ms."""
    arrivals: list[Arrival] = []
    refused: list[tuple[int, ItemRefused]] = []
    for start in range(0, len(items), _AT_ONCE):
        if start:
            await asyncio.sleep(0)
        some, bad = read_each(
            items[start : start + _AT_ONCE],
            lambda index, item, start=start: read(first + start + index, item),  # type: ignore[misc]
        )
        arrivals += some
        refused += [(start + index, error) for index, error in bad]
    return arrivals, refused


async def with_currency(
    ingest: Ingest,
    reading: Reading,
    items: Sequence[Any],
    *,
    read: Reader,
    currency_of: CurrencyOf,
) -> Reading:
    """Let the first item that can be accepted fix the currency; bad ones only name their own."""
    named = [(index, found) for index, item in enumerate(items) if (found := currency_of(item))]
    for index, currency in named:
        attempt = replace(reading, base_currency=currency)
        if _is_counted_in(attempt, index, items[index], read=read):
            fixed = await ingest.registry.base_currency(currency, reading.now)
            return replace(reading, base_currency=fixed)
    return replace(reading, base_currency=named[0][1] if named else "")


def _is_counted_in(reading: Reading, index: int, item: object, *, read: Reader) -> bool:
    try:
        return not isinstance(read(index, item, reading).record, Activity | Membership)
    except ItemRefused:
        return False


def _result(
    outcome: Outcome, first: int, refused: Sequence[tuple[int, ItemRefused, str]]
) -> BatchResult:
    return BatchResult(
        accepted=len(outcome.accepted),
        duplicates=len(outcome.duplicates),
        conflicts=[
            ItemConflict(index=number - first, code="same_key_other_body")
            for number in outcome.conflicts
        ],
        rejected=[
            ItemRejected(index=i, code=error.code, message=error.message, quarantine_id=kept_id)
            for i, error, kept_id in refused
        ],
        sequence=outcome.sequence,
    )
