"""The orders that a batch names: held until commit, with all that the log says of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.orders import combine, groups_of, keys_named
from services.ingest.domain.placing import Placement, place_unclaimed
from services.ingest.domain.records import EventKey, OrderKey, Record, Sale
from services.ingest.errors import OrderCrowded
from services.ingest.queries import keys
from services.ingest.queries.events import LoggedRecord, has_effect, told
from services.ingest.queries.keys import OrderOwner
from services.ingest.usecases.related import related

Sequences = Mapping[EventKey, int]
#: So often may one order be told of, or taken back from. Whoever sends more gives many orders one
#: id, and each such item would be folded with all that came before it.
MAX_TOLD: Final = 500
CROWDED: Final = ItemRefused(
    "order_crowded", f"more than {MAX_TOLD} items name this order: is its id used again?"
)


@dataclass(frozen=True, slots=True)
class HeldOrders:
    """What the log holds of the orders of a batch, the batch's own sales, and all by order."""

    related: list[LoggedRecord]
    sales: dict[EventKey, Sale]
    groups: list[list[Sale]]

    def sellers(self) -> dict[OrderKey, frozenset[UUID]]:
        """Return by order key all profiles that sales of the order name."""
        named: dict[OrderKey, frozenset[UUID]] = {}
        for group in self.groups:
            profiles = frozenset([sale.occasion.profile_id for sale in group])
            for sale in group:
                named.update(dict.fromkeys(sale.order_keys, profiles))
        return named

    def homes(self) -> dict[OrderKey, UUID]:
        """Return by order key whose each order is that has a value."""
        orders = (combine(group) for group in self.groups)
        return {
            key: order.sale.occasion.profile_id
            for order in orders
            if order is not None
            for key in order.sale.order_keys
        }


async def hold_orders(
    connection: Connection, placement: Placement, sequences: Sequences
) -> HeldOrders:
    """Hold every order that the batch names, so that sales and returns never miss each other."""
    anonymous = [place_unclaimed(a, {}, set()) for a in placement.unclaimed]
    arrivals = [a for a in (*placement.placed, *anonymous) if has_effect(a)]
    owners = await keys.claim_order_keys(connection, _claims(arrivals, sequences))
    new = set(sequences.values())
    earlier = {
        (owner.profile_id, owner.sequence)
        for owner in owners.values()
        if owner is not None and owner.sequence not in new
    }
    known = await related(connection, owners, earlier, holds=True)
    records = ((a.event_key, told(a, sequences[a.event_key])) for a in arrivals)
    sales = {key: record for key, record in records if isinstance(record, Sale)}
    groups = groups_of([*_sales(known), *sales.values()])
    if known or len(groups) < len(sales) or len(arrivals) > MAX_TOLD:
        fresh = [arrival.record for arrival in arrivals]
        _check_crowds(groups, [*(entry.record for entry in known), *fresh], fresh)
    shared = (group for group in groups if len(group) > 1)
    await keys.add_order_claims(
        connection,
        (
            (key, sale.sequence, sale.occasion.profile_id)
            for group in shared
            for sale in group
            for key in sale.order_keys
        ),
    )
    return HeldOrders(known, sales, groups)


def _check_crowds(
    groups: Sequence[Sequence[Sale]], records: Iterable[Record], fresh: Iterable[Record]
) -> None:
    named = Counter(
        key for record in records if not isinstance(record, Sale) for key in keys_named(record)
    )
    crowded = {key for key, times in named.items() if times > MAX_TOLD}
    crowded.update(
        key
        for group in groups
        if len(group) > MAX_TOLD
        for sale in group
        for key in sale.order_keys
    )
    if crowded and crowded.isdisjoint(key for record in fresh for key in keys_named(record)):
        # it was crowded before: refused under whichever of its names the batch says
        orders = ({key for sale in group for key in sale.order_keys} for group in groups)
        crowded = crowded.union(*(order for order in orders if order & crowded))
    if crowded:
        raise OrderCrowded(frozenset(crowded))


def _claims(arrivals: Iterable[Arrival], sequences: Sequences) -> dict[OrderKey, OrderOwner | None]:
    """Return who of the batch named each order first; None if only returns do."""
    claims: dict[OrderKey, OrderOwner | None] = {}
    for arrival in arrivals:
        for key in arrival.named_orders:
            if isinstance(arrival.record, Sale):
                profile_id = arrival.record.occasion.profile_id
                owner = OrderOwner(profile_id, sequences[arrival.event_key])
                claims[key] = _older(claims.get(key), owner)
            else:
                claims.setdefault(key, None)
    return claims


def _older(known: OrderOwner | None, new: OrderOwner) -> OrderOwner:
    return new if known is None or new.sequence < known.sequence else known


def _sales(entries: Iterable[LoggedRecord]) -> list[Sale]:
    return [entry.record for entry in entries if isinstance(entry.record, Sale)]
