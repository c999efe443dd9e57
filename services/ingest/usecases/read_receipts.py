"""Receipts as posted to arrivals."""

from typing import Any

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.records import EventKey, OrderKey, Record, Return, Sale, Void
from services.ingest.domain.search import Ticket
from services.ingest.usecases.conversion import counted
from services.ingest.usecases.quick_receipts import quick_receipt
from services.ingest.usecases.read_items import (
    Reading,
    body_hash,
    check_lines,
    checked,
    claims_of,
    exact_amounts,
    habit_slot,
    occasion,
    order_key,
    return_lines,
    sale_lines,
    unit_prices,
)
from shared.contracts.receipts import Receipt, ReceiptLink
from shared.ids import short_key
from shared.money import parse_minor


def natural_key(receipt: Receipt | ReceiptLink | Ticket) -> bytes:
    """Return the key a receipt is known by for ever, 16 bytes."""
    return short_key(
        "receipt",
        receipt.store_id,
        receipt.workstation_id,
        receipt.business_date.isoformat(),
        str(receipt.sequence_number),
    )


def read_receipt(index: int, item: object, reading: Reading) -> Arrival:
    """Read one receipt; raises ItemRefused."""
    receipt = quick_receipt(item) or checked(Receipt, item)
    return arrival_of(receipt, index=index, reading=reading)


def arrival_of(receipt: Receipt, *, index: int, reading: Reading) -> Arrival:
    """Return a receipt's arrival; raises ItemRefused for what its type does not allow."""
    check_lines(receipt.lines)
    key = EventKey(natural_key(receipt))
    claims, values = claims_of(receipt.customer, reading.secrets)
    record, is_suspect = _record(receipt, key, reading)
    record, conversion = counted(record, receipt.currency, reading)
    return Arrival(
        index=index,
        event_key=key,
        body_hash=body_hash(receipt),
        kind=f"receipt.{receipt.type}",
        source_id=reading.source_id,
        claims=claims,
        values=values,
        record=record,
        received_at=reading.now,
        is_time_suspect=is_suspect,
        is_valued=receipt.order_id is None or reading.is_authoritative,
        extra=_extra(receipt) | conversion,
    )


def _record(receipt: Receipt, key: EventKey, reading: Reading) -> tuple[Record, bool]:
    where, is_suspect = occasion(
        reading,
        key,
        store_id=receipt.store_id,
        channel=receipt.channel,
        occurred_at=receipt.occurred_at,
        business_date=receipt.business_date,
    )
    link = None if receipt.link is None else OrderKey(natural_key(receipt.link))
    if link is not None and bytes(link) == bytes(key):
        raise ItemRefused("links_to_itself", "link names the receipt itself")
    match receipt.type:
        case "sale":
            if link is not None:
                raise ItemRefused("link_not_allowed", "a sale has no link")
            zone = reading.zone_of(receipt.store_id)
            slot = habit_slot(receipt.occurred_at, zone)
            keys = _order_keys(receipt, key, reading)
            lines = sale_lines(_some_lines(receipt), receipt.currency)
            _check_total(receipt, sum(line.net for line in lines))
            return Sale(where, 0, keys, lines, slot), is_suspect
        case "return":
            returned = return_lines(_some_lines(receipt), receipt.currency)
            _check_total(receipt, sum(line.net for line in returned))
            return Return(where, link, returned), is_suspect
        case "void":
            if link is None:
                raise ItemRefused("link_missing", "a void needs a link")
            return Void(where, link), is_suspect


def _some_lines(receipt: Receipt) -> list[Any]:
    if not receipt.lines:
        raise ItemRefused("too_few", "/lines must have at least 1 items")
    return list(receipt.lines)


def _order_keys(receipt: Receipt, key: EventKey, reading: Reading) -> tuple[OrderKey, ...]:
    own = OrderKey(key)
    if receipt.order_id is None:
        return (own,)
    return (own, order_key(reading.order_namespace, receipt.order_id))


def _check_total(receipt: Receipt, net: int) -> None:
    with exact_amounts():
        stated = parse_minor(receipt.total.net, receipt.currency, signed=True)
    if abs(stated) != net or (receipt.type == "sale" and stated < 0):
        raise ItemRefused("total_mismatch", "/total/net is not the sum of the lines")


def _extra(receipt: Receipt) -> dict[str, Any]:
    return {
        "workstation_id": receipt.workstation_id,
        "sequence_number": receipt.sequence_number,
        "currency": receipt.currency,
        "tax": receipt.total.tax,
        "order_id": receipt.order_id,
        "unit_prices": unit_prices(receipt.lines),
    }
