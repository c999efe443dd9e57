"""What an order is worth now that it was not before, for whoever asks why a figure changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.ingest.domain.orders import Order
from services.ingest.domain.records import OrderKey


@dataclass(frozen=True, slots=True)
class Correction:
    """An order that was there and is worth something else, or is somebody else's."""

    order_keys: tuple[OrderKey, ...]
    profile_id: UUID
    former_profile_ids: tuple[UUID, ...]
    old_net: int
    new_net: int
    old_quantity_milli: int
    new_quantity_milli: int


def corrections(before: Iterable[Order], after: Iterable[Order]) -> list[Correction]:
    """Return what became of orders that were there; several may turn out to be one."""
    by_key = {key: order for order in before for key in order.sale.order_keys}
    found = []
    for order in after:
        known = {id(o): o for key in order.sale.order_keys if (o := by_key.get(key))}
        if known:
            change = _correction(list(known.values()), order)
            if change is not None:
                found.append(change)
    return found


def _correction(before: list[Order], after: Order) -> Correction | None:
    former = tuple(sorted({order.sale.occasion.profile_id for order in before}))
    correction = Correction(
        order_keys=after.sale.order_keys,
        profile_id=after.sale.occasion.profile_id,
        former_profile_ids=former,
        old_net=sum(order.net for order in before),
        new_net=after.net,
        old_quantity_milli=sum(order.quantity_milli for order in before),
        new_quantity_milli=after.quantity_milli,
    )
    is_same = (
        correction.old_net == correction.new_net
        and correction.old_quantity_milli == correction.new_quantity_milli
        and former == (correction.profile_id,)
    )
    return None if is_same else correction
