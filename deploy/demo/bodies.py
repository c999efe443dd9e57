"""The demo shop in the JSON of the wire: receipts, stores and customer profiles."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from deploy.demo.catalogue import ARTICLES, ONLINE, STORES, TILLS, Store
from deploy.demo.columns import ANONYMOUS, NO_LINK, Channel, Heads, Kind, Receipts
from deploy.demo.names import Body, identifiers, shown_at
from deploy.demo.planted import customer_id
from deploy.demo.population import Population
from deploy.demo.spec import CURRENCY, ZONE, ShopSpec

_EPOCH = date(1970, 1, 1)
_KINDS = {kind.value: kind.name.lower() for kind in Kind}
_CHANNELS = {channel.value: channel.name.lower() for channel in Channel}
_TILL_NAMES = [
    [f"{store.store_id}-{till + 1}" for till in range(TILLS)] if number != ONLINE else ["checkout"]
    for number, store in enumerate(STORES)
]


@lru_cache(maxsize=4096)
def date_text(day: int) -> str:
    """Write a day counted from 1970-01-01 as a business date."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def instant_text(day: int, second: int) -> str:
    """Write a local instant with the offset of the shop's zone."""
    minutes, seconds = divmod(second, 60)
    return f"{date_text(day)}T{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}+08:00"


@lru_cache(maxsize=65_536)
def money(fen: int) -> str:
    """Write an amount as decimal text."""
    return f"{fen // 100}.{fen % 100:02d}"


@lru_cache(maxsize=1024)
def quantity(milli: int) -> str:
    """Write a quantity as decimal text, without trailing zeros."""
    whole, rest = divmod(milli, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def receipt_bodies(spec: ShopSpec, receipts: Receipts) -> Iterator[Body]:
    """Write each receipt as an item of `POST /v1/receipts`."""
    lines = _line_bodies(receipts)
    starts, nets = receipts.line_start.tolist(), receipts.net.tolist()
    for row, head in enumerate(_head_rows(receipts.heads)):
        kind, customer, store, till, day, second, sequence, channel, *link = head
        yield {
            "store_id": STORES[store].store_id,
            "workstation_id": _TILL_NAMES[store][till],
            "business_date": date_text(day),
            "sequence_number": sequence,
            "type": _KINDS[kind],
            "occurred_at": instant_text(day, second),
            "channel": _CHANNELS[channel],
            "currency": CURRENCY,
            "customer": None if customer == ANONYMOUS else shown_at(spec, customer + 1, channel),
            "lines": lines[starts[row] : starts[row + 1]],
            "total": {"net": money(nets[row]), "tax": "0.00"},
            "link": _link(store, *link),
        }


def _head_rows(heads: Heads) -> Iterator[tuple[int, ...]]:
    return zip(
        heads.kind.tolist(), heads.customer.tolist(), heads.store.tolist(), heads.till.tolist(),
        heads.day.tolist(), heads.second.tolist(), heads.sequence.tolist(),
        heads.channel.tolist(), heads.link_day.tolist(), heads.link_till.tolist(),
        heads.link_sequence.tolist(), strict=True,
    )  # fmt: skip


def _link(store: int, day: int, till: int, sequence: int) -> Body | None:
    if day == NO_LINK:
        return None
    return {
        "store_id": STORES[store].store_id,
        "workstation_id": _TILL_NAMES[store][till],
        "business_date": date_text(day),
        "sequence_number": sequence,
    }


def _line_bodies(receipts: Receipts) -> list[Body]:
    lines = receipts.lines
    rows = zip(
        lines.number.tolist(), lines.sku.tolist(), lines.quantity_milli.tolist(),
        lines.unit_price.tolist(), lines.discount.tolist(), lines.net.tolist(),
        lines.cost.tolist(), strict=True,
    )  # fmt: skip
    return [
        {
            "line": number,
            "sku": ARTICLES[sku].sku,
            "category": ARTICLES[sku].category,
            "quantity": quantity(milli),
            "unit_price": money(price),
            "discount": money(discount),
            "net": money(net),
            "cost": money(cost),
        }
        for number, sku, milli, price, discount, net, cost in rows
    ]


def store_body(store: Store) -> Body:
    """Write a store as the body of `PUT /v1/stores/{id}`."""
    return {
        "name": {"en": store.en, "zh": store.zh},
        "region": store.region,
        "time_zone": ZONE,
        "currency": CURRENCY,
        "kind": store.kind,
    }


def customer_bodies(spec: ShopSpec, crowd: Population) -> Iterator[tuple[str, Body]]:
    """Write each customer's id and profile, the body of `PUT /v1/customers/{id}`."""
    for row in range(spec.customers):
        number = row + 1
        yield customer_id(spec, number), customer_body(spec, crowd, number)


def customer_body(spec: ShopSpec, crowd: Population, number: int) -> Body:
    """Write one profile; made-up traits follow from the seed and the number alone."""
    chance = random.Random(f"{spec.seed}/{number}")
    store = STORES[int(crowd.home[number - 1])]
    favourite = ARTICLES[int(crowd.favourite[number - 1])]
    others = {k: v for k, v in identifiers(spec, number).items() if k != "customer_id"}
    return {
        "attributes": {
            "demography": {
                "birth_year": chance.randint(1955, 2006),
                "gender": chance.choice(("female", "male", "undisclosed")),
            },
            "geography": {"region": store.region, "nearest_store": store.store_id},
            "psychographics": {
                "style": chance.choice(("explorer", "regular", "bargain", "gift giver"))
            },
            "preferences": {
                "category": favourite.category,
                "language": "en" if chance.random() < 0.1 else "zh-CN",
            },
        },
        "identifiers": others,
        "consents": {
            "service": True,
            "personalisation": chance.random() < 0.9,
            "marketing": chance.random() < 0.65,
        },
    }
