"""A base of any size from the demo shop's generator, written as ingest leaves it, in seconds."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray

from deploy.demo.catalogue import ONLINE, STORES
from deploy.demo.columns import ANONYMOUS, NO_LINK, Channel, Kind, Receipts
from deploy.demo.planted import customer_id
from deploy.demo.shop import columns
from deploy.demo.spec import DAY_SECONDS, ZONE_SECONDS, ShopSpec
from tests.load.folded import Ints, Table, day_rows

NOW: Final = datetime(2026, 11, 1, 4, tzinfo=UTC)
# Postgres counts dates and instants from 2000-01-01.
_POSTGRES_DAY: Final = 10_957
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_PART_ROWS: Final = 200_000
_CHANNELS: Final = {Channel.STORE: b"store", Channel.WEB: b"web", Channel.APP: b"app"}


def spec_of(customers: int) -> ShopSpec:
    """Two years of a shop with so many customers."""
    return ShopSpec(now=NOW, customers=customers)


async def fill(database_url: str, spec: ShopSpec) -> int:
    """Write customers, their identifiers, orders and days; gives the number of orders."""
    table = lasting_receipts(spec)
    connection = await asyncpg.connect(database_url, ssl=False)
    try:
        counts = np.bincount(table["customer"], minlength=spec.customers)
        await _copy(connection, "customers", _customers(spec, counts))
        await _copy(connection, "identifiers", _identifiers(spec))
        orders = {name: values[table["is_sale"] == 1] for name, values in table.items()}
        for channel in Channel:
            rows = np.flatnonzero(orders["channel"] == channel)
            some = {name: values[rows] for name, values in orders.items()}
            await _copy(connection, "orders", _orders(some, channel))
        await _copy(connection, "entries", _sold(orders))
        await _copy(connection, "entries", _taken_back(table))
        await _copy(connection, "customer_day", _days(spec, table))
        # What autovacuum does in a shop that grew to this size over two years.
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return int(table["is_sale"].sum())


def lasting_receipts(spec: ShopSpec) -> Table:
    """Columns of every customer's receipt that was not voided, in the order of time."""
    parts = [_lasting(receipts) for receipts in columns(spec)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _lasting(receipts: Receipts) -> Table:
    heads, lines = receipts.heads, receipts.lines
    receipt = _receipt(heads.store, heads.till, heads.day, heads.sequence)
    undoes = _receipt(heads.store, heads.link_till, heads.link_day, heads.link_sequence)
    is_void, is_sale = heads.kind == Kind.VOID, heads.kind == Kind.SALE
    is_undone = is_sale & np.isin(receipt, undoes[is_void])
    kept = np.flatnonzero((heads.customer != ANONYMOUS) & ~is_void & ~is_undone)
    is_linked = heads.link_day != NO_LINK
    table = {
        "receipt": receipt,
        "undoes": np.where(is_linked, undoes, NO_LINK),
        "customer": heads.customer,
        "day": heads.day,
        "second": heads.second,
        "store": heads.store,
        "channel": heads.channel,
        "is_sale": is_sale.astype(np.int64),
        "sold_day": np.where(is_sale, heads.day, np.where(is_linked, heads.link_day, NO_LINK)),
        "lines": np.diff(receipts.line_start),
        "net": receipts.net,
        "discount": _sums(receipts, lines.discount),
        "cost": _sums(receipts, lines.cost),
        "quantity_milli": _sums(receipts, lines.quantity_milli),
    }
    return {name: values[kept] for name, values in table.items()}


def _receipt(store: Ints, till: Ints, day: Ints, sequence: Ints) -> Ints:
    """Number receipts by what names them."""
    return (((store * 64 + till) << 16) + day << 24) + sequence


def _sums(receipts: Receipts, of_lines: Ints) -> Ints:
    sums = np.concatenate([[0], np.cumsum(of_lines)])[receipts.line_start]
    return np.asarray(np.diff(sums))


def _profile_ids(rows: Ints) -> NDArray[Any]:
    """Sortable by customer number, as uuid7 sorts by the first purchase."""
    halves = np.empty((rows.size, 2), dtype=">u8")
    halves[:, 0] = 0x0190_0000_0000_7000
    halves[:, 1] = rows.astype(np.uint64) | np.uint64(1 << 63)
    return halves.view("V16").reshape(rows.size)


def _customer_ids(spec: ShopSpec) -> NDArray[Any]:
    names = [customer_id(spec, number).encode() for number in range(1, spec.customers + 1)]
    return np.array(names, dtype=f"S{len(names[0])}")


def _customers(spec: ShopSpec, receipts: Ints) -> Mapping[str, NDArray[Any]]:
    rows = np.arange(spec.customers)
    return {
        "profile_id": _profile_ids(rows),
        "customer_id": _customer_ids(spec),
        "version": 1 + receipts,  # the profile is an event too
        "created_at": _at_first(spec),
        "updated_at": _at_first(spec),
    }


def _identifiers(spec: ShopSpec) -> Mapping[str, NDArray[Any]]:
    rows = np.arange(spec.customers)
    return {
        "kind": np.full(rows.size, b"customer_id"),
        "lookup_key": _customer_ids(spec),
        "profile_id": _profile_ids(rows),
        "linked_at": _at_first(spec),
    }


def _orders(orders: Table, channel: Channel) -> Mapping[str, NDArray[Any]]:
    """Lay out the orders of one channel: texts of one width make rows of one width."""
    count = orders["day"].size
    stores = [store.store_id.encode() for store in STORES]
    shown = stores[:ONLINE] if channel is Channel.STORE else stores
    ids = np.array(shown, dtype="S4" if channel is Channel.STORE else "S3")
    return {
        "profile_id": _profile_ids(orders["customer"]),
        "order_key": _keys(orders["receipt"]),
        "sequence": np.arange(count),
        "effective_at": _instants(orders["day"] * DAY_SECONDS + orders["second"]),
        "business_date": _dates(orders["day"]),
        "store_id": ids[orders["store"]],
        "channel": np.full(count, _CHANNELS[channel]),
        "gross": orders["net"] + orders["discount"],
        "discount": orders["discount"],
        "net": orders["net"],
        "cost": orders["cost"],
        "quantity_milli": orders["quantity_milli"],
    }


def _sold(orders: Table) -> Mapping[str, NDArray[Any]]:
    """Lay out what programmes read of sales."""
    at = _instants(orders["day"] * DAY_SECONDS + orders["second"])
    return {
        "profile_id": _profile_ids(orders["customer"]),
        "entry_id": _keys(orders["receipt"]),
        "at": at,
        "known_at": at,
        "spend": orders["net"],
        "margin": orders["net"] - orders["cost"],
        "orders": np.ones_like(orders["net"]),
        "quantity_milli": orders["quantity_milli"],
    }


def _taken_back(table: Table) -> Mapping[str, NDArray[Any]]:
    """Lay out what returns with a link take off the sale they undo, on its date."""
    order = np.argsort(table["receipt"])
    place = np.searchsorted(table["receipt"], table["undoes"], sorter=order)
    sale = order[np.minimum(place, order.size - 1)]
    is_found = (table["is_sale"] == 0) & (table["receipt"][sale] == table["undoes"])
    rows = np.flatnonzero(is_found & (table["customer"][sale] == table["customer"]))
    some = {name: values[rows] for name, values in table.items()}
    sold = {name: values[sale[rows]] for name, values in table.items()}
    return {
        "profile_id": _profile_ids(some["customer"]),
        "entry_id": _keys(some["receipt"]),
        "reverses": _keys(sold["receipt"]),
        "at": _instants(sold["day"] * DAY_SECONDS + sold["second"]),
        "known_at": _instants(some["day"] * DAY_SECONDS + some["second"]),
        "spend": -some["net"],
        "margin": some["cost"] - some["net"],
        "orders": np.where(some["net"] >= sold["net"], -1, 0),
        "quantity_milli": -some["quantity_milli"],
    }


def _keys(receipts: Ints) -> NDArray[Any]:
    """Scatter receipt numbers over 16 bytes, as the hashes are that ingest writes (splitmix64)."""
    halves = np.empty((receipts.size, 2), dtype=np.uint64)
    for half, salt in enumerate((0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)):
        mixed = receipts.astype(np.uint64) * np.uint64(salt | 1) + np.uint64(salt)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        halves[:, half] = mixed ^ (mixed >> np.uint64(31))
    return halves.view("V16").reshape(receipts.size)


def _days(spec: ShopSpec, table: Table) -> Mapping[str, NDArray[Any]]:
    rows = day_rows(table, spec.customers)
    profile_ids, dates = _profile_ids(rows.pop("customer")), _dates(rows.pop("day"))
    return {"profile_id": profile_ids, "business_date": dates, **rows}


def _dates(days: Ints) -> NDArray[Any]:
    return (days - _POSTGRES_DAY).astype(">i4")


def _at_first(spec: ShopSpec) -> NDArray[Any]:
    return _instants(np.full(spec.customers, spec.first_day * DAY_SECONDS))


def _instants(local_seconds: Ints) -> NDArray[Any]:
    """Turn local seconds since 1970 into microseconds since 2000 UTC."""
    return np.asarray((local_seconds - ZONE_SECONDS - _POSTGRES_DAY * DAY_SECONDS) * 1_000_000)


async def _copy(
    connection: asyncpg.Connection, table: str, rows: Mapping[str, NDArray[Any]]
) -> None:
    source = _copied(rows)
    await connection.copy_to_table(table, source=source, columns=list(rows), format="binary")


async def _copied(rows: Mapping[str, NDArray[Any]]) -> AsyncIterator[bytes]:
    """Lay rows out part by part: 20 million orders at once would be 4 GB."""
    yield _SIGNATURE
    for start in range(0, len(next(iter(rows.values()))), _PART_ROWS):
        part = {name: values[start : start + _PART_ROWS] for name, values in rows.items()}
        yield binary_rows(part)
    yield _TRAILER


def binary_rows(rows: Mapping[str, NDArray[Any]]) -> bytes:
    """Lay out rows of one width as Postgres' binary COPY wants them; integers become bigint."""
    wide = {name: v.astype(">i8") if v.dtype == np.int64 else v for name, v in rows.items()}
    count = len(next(iter(wide.values())))
    fields: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, values in wide.items():
        fields += [(f"{name}:size", ">i4"), (name, values.dtype)]
    table = np.zeros(count, dtype=fields)
    table["fields"] = len(wide)
    for name, values in wide.items():
        table[f"{name}:size"] = values.dtype.itemsize
        table[name] = values
    return table.tobytes()
