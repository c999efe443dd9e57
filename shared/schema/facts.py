"""Tables of the exact facts that services/ingest folds from events: orders, sums of days."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, SmallInteger, Table
from sqlalchemy import text as sql

from shared.schema.metadata import (
    BY_BLOCKS,
    ROOM_FOR_UPDATES,
    blob,
    counters,
    day,
    instant,
    metadata,
    number,
    uuid,
    words,
)

#: The summing columns of `customer_day`, in the order every reader and writer uses.
#: Money in minor units of the base currency, quantity in thousandths, the rest counts.
DAY_COUNTERS: Final = (
    "net_booked", "net_qualifying", "sales_net", "gross", "discount", "cost", "orders", "lines",
    "quantity_milli", "returns", "returns_net", "online_orders", "views", "carts", "searches",
    "checkouts", "social", "referrals", "feedback", "complaints",
)  # fmt: skip
SHOP_COUNTERS: Final = (
    "receipts", "net_booked", "sales_net", "gross", "discount", "cost", "lines", "quantity_milli",
    "returns", "returns_net",
)  # fmt: skip
SUM_COUNTERS: Final = ("lines", "quantity_milli", "net_booked")
#: Anonymous receipts of one store and day spread over this many rows, so that tills do not queue.
SHOP_SLOTS: Final = 16

orders = Table(
    "orders",
    metadata,
    uuid("profile_id", key=True),
    blob("order_key", key=True),
    number("sequence"),
    instant("effective_at"),
    day("business_date"),
    words("store_id", null=True),
    words("channel"),
    *counters(("gross", "discount", "net", "cost", "quantity_milli")),
    *counters(("returned_net", "returned_quantity_milli", "refunded_net")),
    Column("is_void", Boolean, nullable=False, server_default=sql("false")),
    # a time line reads from its end
    Index("ix_orders_at", "profile_id", "effective_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    uuid("profile_id", key=True),
    blob("order_key", key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    words("sku"),
    words("category", null=True),
    *counters(("quantity_milli", "discount", "net", "cost")),
    *counters(("returned_quantity_milli", "returned_net")),
)

entries = Table(
    "entries",
    metadata,
    uuid("profile_id", key=True),
    blob("entry_id", key=True),
    blob("reverses", null=True),
    instant("at"),
    instant("known_at"),
    *counters(("spend", "margin", "orders", "quantity_milli")),
)

return_findings = Table(
    "return_findings",
    metadata,
    # Why a return, or a part of it, had no effect: orphan, over_return, unmatched_return.
    uuid("profile_id", key=True),
    blob("event_key", key=True),
    words("finding", key=True),
    blob("order_key", null=True),
    instant("at"),
    Index("ix_return_findings_at", "at"),
)

customer_day = Table(
    "customer_day",
    metadata,
    uuid("profile_id", key=True),
    day("business_date", key=True),
    *counters(DAY_COUNTERS),
    # what was bought on a date, for KPIs: rows of a date lie together
    Index("ix_customer_day_business_date", "business_date", **BY_BLOCKS),
    postgresql_with=ROOM_FOR_UPDATES,
)

customer_category = Table(
    "customer_category",
    metadata,
    uuid("profile_id", key=True),
    words("category", key=True),
    *counters(SUM_COUNTERS),
)

customer_sku = Table(
    "customer_sku",
    metadata,
    uuid("profile_id", key=True),
    words("sku", key=True),
    *counters(SUM_COUNTERS),
)

customer_habit = Table(
    "customer_habit",
    metadata,
    uuid("profile_id", key=True),
    # weekday (Monday 0) x 24 + hour, local time of the store
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    number("orders", default="0"),
)

shop_day = Table(
    "shop_day",
    metadata,
    words("store_id", key=True),
    day("business_date", key=True),
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    *counters(SHOP_COUNTERS),
)
