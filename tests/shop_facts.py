"""Facts of made-up customers, written as ingest leaves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number, day_of, pack_days
from shared.ids import short_key

LAST_DAY = date(2026, 11, 21)
HISTORY_DAYS = 420


@dataclass(frozen=True, slots=True)
class Shop:
    """A seeded base: customer i is `c-<i>`, with profile id i + 1."""

    days: CustomerDays

    def __len__(self) -> int:
        return len(self.days)


def make_shop(customers: int, *, seed: int = 7, mean_orders: float = 6.0) -> Shop:
    """Draw customers with their own rates, sizes and lifetimes."""
    draw = np.random.default_rng(seed)
    rates = draw.gamma(0.8, mean_orders / 0.8, customers)
    sizes = np.exp(draw.normal(8.0, 0.6, customers))
    rows: list[np.ndarray] = []
    offsets = [0]
    start = day_number(LAST_DAY) - HISTORY_DAYS
    for rate, size in zip(rates, sizes, strict=True):
        born = int(draw.integers(0, HISTORY_DAYS - 10))
        alive = max(10, int(draw.exponential(250)))
        last = min(HISTORY_DAYS, born + alive)
        count = 1 + draw.poisson(rate * (last - born) / HISTORY_DAYS)
        when = np.unique(np.append(draw.integers(born, last + 1, count), born))
        spent = np.maximum(100, size * np.exp(draw.normal(0, 0.5, len(when)))).astype(np.int64)
        rows.append(np.stack([start + when, spent]))
        offsets.append(offsets[-1] + len(when))
    table = np.concatenate(rows, axis=1)
    ones = np.ones(table.shape[1], dtype=np.int64)
    packed = pack_days(
        np.array(offsets),
        table[0],
        net_booked=table[1],
        sales_net=table[1],
        orders=ones,
        lines=ones * 3,
    )
    return Shop(packed)


def profile_id(index: int) -> UUID:
    return UUID(int=index + 1)


async def write_shop(connection: asyncpg.Connection, shop: Shop) -> None:
    """Write customers, identifiers, days and orders in bulk."""
    await _write_people(connection, len(shop))
    owners = np.repeat(np.arange(len(shop)), np.diff(shop.days.offsets)).tolist()
    days, nets = shop.days.date.tolist(), shop.days.net_booked.tolist()
    sales = [
        (profile_id(i), day_of(day), net) for i, day, net in zip(owners, days, nets, strict=True)
    ]
    await connection.copy_records_to_table(
        "customer_day",
        columns=["profile_id", "business_date", "net_booked", "sales_net", "orders", "lines"],
        records=[(owner, day, net, net, 1, 3) for owner, day, net in sales],
    )
    await _write_orders(connection, sales)


async def _write_people(connection: asyncpg.Connection, count: int) -> None:
    now = datetime.now(UTC)
    await connection.copy_records_to_table(
        "customers",
        columns=["profile_id", "customer_id", "version", "created_at", "updated_at"],
        records=[(profile_id(i), f"c-{i}", 1, now, now) for i in range(count)],
    )
    await connection.copy_records_to_table(
        "identifiers",
        columns=["kind", "lookup_key", "profile_id", "linked_at"],
        records=[("customer_id", f"c-{i}".encode(), profile_id(i), now) for i in range(count)],
    )


async def _write_orders(
    connection: asyncpg.Connection, sales: Sequence[tuple[UUID, date, int]]
) -> None:
    names = [
        "profile_id",
        "order_key",
        "sequence",
        "effective_at",
        "business_date",
        "channel",
        "net",
    ]
    records = []
    for place, (owner, day, net) in enumerate(sales):
        noon = datetime.combine(day, time(12), tzinfo=UTC)
        records.append((owner, short_key("order", str(place)), place, noon, day, "store", net))
    await connection.copy_records_to_table("orders", columns=names, records=records)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One sale of a customer."""

    day: date
    net: int
    at: time = time(12)


async def write_customer(
    connection: asyncpg.Connection, index: int, purchases: Sequence[Purchase] = ()
) -> UUID:
    """Write one customer, `c-<index>`."""
    now = datetime.now(UTC)
    await connection.execute(
        "INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)"
        " VALUES ($1, $2, 1, $3, $3)",
        profile_id(index),
        f"c-{index}",
        now,
    )
    await connection.execute(
        "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
        " VALUES ('customer_id', $1, $2, $3)",
        f"c-{index}".encode(),
        profile_id(index),
        now,
    )
    for purchase in purchases:
        await buy(connection, index, purchase)
    return profile_id(index)


async def buy(connection: asyncpg.Connection, index: int, purchase: Purchase) -> None:
    """Fold one sale into the facts, as one acknowledged receipt does."""
    async with connection.transaction():
        await connection.execute(
            "UPDATE customers SET version = version + 1 WHERE profile_id = $1", profile_id(index)
        )
        await connection.execute(
            "INSERT INTO customer_day AS d (profile_id, business_date, net_booked, sales_net,"
            " orders, lines) VALUES ($1, $2, $3, $3, 1, 1)"
            " ON CONFLICT (profile_id, business_date) DO UPDATE SET"
            " net_booked = d.net_booked + excluded.net_booked,"
            " sales_net = d.sales_net + excluded.sales_net, orders = d.orders + 1,"
            " lines = d.lines + 1",
            profile_id(index),
            purchase.day,
            purchase.net,
        )
        await connection.execute(
            "INSERT INTO orders (profile_id, order_key, sequence, effective_at, business_date,"
            " channel, net) VALUES ($1, $2, 0, $3, $4, 'store', $5)",
            profile_id(index),
            short_key("order", str(index), str(purchase), str(datetime.now(UTC))),
            datetime.combine(purchase.day, purchase.at, tzinfo=UTC),
            purchase.day,
            purchase.net,
        )
