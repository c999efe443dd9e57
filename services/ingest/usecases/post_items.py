"""A posted batch: read each item, keep bad ones aside, accept the good ones, tell scoring."""

from collections.abc import Callable, Sequence
from typing import Any

from services.ingest.deps import Ingest
from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.queries import quarantine
from services.ingest.usecases.accept import Outcome, accept
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_items import Reading, read_each
from services.ingest.usecases.read_receipts import read_receipt
from shared.contracts.receipts import BatchResult, ItemConflict, ItemRejected
from shared.money import is_currency

Reader = Callable[[int, object, Reading], Arrival]


async def post_receipts(ingest: Ingest, source_id: str, items: Sequence[Any]) -> BatchResult:
    """Take receipts in; returns when the accepted ones are committed."""
    currency = next((c for item in items if (c := _currency(item))), None)
    return await _post(ingest, source_id, items, read=read_receipt, currency=currency)


async def post_events(ingest: Ingest, source_id: str, items: Sequence[Any]) -> BatchResult:
    """Take events in; returns when the accepted ones are committed."""
    found = (_currency(i.get("properties")) for i in items if isinstance(i, dict))
    currency = next((c for c in found if c), None)
    return await _post(ingest, source_id, items, read=read_event, currency=currency)


def _currency(holder: object) -> str | None:
    value = holder.get("currency") if isinstance(holder, dict) else None
    return value if isinstance(value, str) and is_currency(value) else None


async def _post(
    ingest: Ingest, source_id: str, items: Sequence[Any], *, read: Reader, currency: str | None
) -> BatchResult:
    now = ingest.clock.now()
    reading = await ingest.registry.reading(
        source_id, now=now, currency=currency, shop_zone=ingest.zone, secrets=ingest.secrets
    )
    arrivals, refused = read_each(items, lambda index, item: read(index, item, reading))
    kept = await quarantine.keep(
        ingest.pool,
        ((items[index], error) for index, error in refused),
        source_id=source_id,
        route=read.__name__,
        secrets=ingest.secrets,
        now=now,
    )
    outcome = Outcome()
    if arrivals:
        outcome = await accept(ingest.pool, arrivals, secrets=ingest.secrets, now=now)
        ingest.rescoring.soon(outcome.profile_ids)
    return _result(
        outcome,
        [(i, error, str(kept_id)) for (i, error), kept_id in zip(refused, kept, strict=True)],
    )


def _result(outcome: Outcome, refused: Sequence[tuple[int, ItemRefused, str]]) -> BatchResult:
    return BatchResult(
        accepted=len(outcome.accepted),
        duplicates=len(outcome.duplicates),
        conflicts=[ItemConflict(index=i, code="same_key_other_body") for i in outcome.conflicts],
        rejected=[
            ItemRejected(index=i, code=error.code, message=error.message, quarantine_id=kept_id)
            for i, error, kept_id in refused
        ],
        sequence=outcome.sequence,
    )
