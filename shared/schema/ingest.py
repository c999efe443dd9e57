"""Tables that services/ingest owns: who, what happened, and the exact facts folded from it."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    Table,
)
from sqlalchemy import text as sql

from shared.schema.metadata import (
    ROOM_FOR_UPDATES,
    blob,
    counters,
    day,
    document,
    instant,
    metadata,
    number,
    uuid,
    words,
)

EVENT_SEQUENCE: Final = "event_sequence"
event_sequence = Sequence(EVENT_SEQUENCE, metadata=metadata, cache=1)

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
_BLOCKS: Final[Mapping[str, Any]] = {
    "postgresql_using": "brin",
    "postgresql_with": {"autosummarize": "on"},
}
_AUTHORITY: Final = sql("is_authoritative")
_UNDONE: Final = sql("kind IN ('return', 'void')")

shop = Table(
    "shop",
    metadata,
    Column("singleton", Boolean, primary_key=True, server_default=sql("true")),
    words("base_currency"),
    instant("fixed_at"),
    CheckConstraint("singleton", name="one_row"),
)

sources = Table(
    "sources",
    metadata,
    words("source_id", key=True),
    words("kind"),
    words("order_namespace"),
    Column("is_authoritative", Boolean, nullable=False, server_default=sql("true")),
    instant("created_at"),
    document("settings", default="'{}'"),
    instant("updated_at", null=True),
    instant("last_seen_at", null=True),
    # value comes from one source a namespace
    Index("uq_sources_authority", "order_namespace", unique=True, postgresql_where=_AUTHORITY),
)

stores = Table(
    "stores",
    metadata,
    words("store_id", key=True),
    document("name"),
    words("region", null=True),
    words("time_zone", null=True),
    words("currency", null=True),
    words("kind"),
    document("attributes", default="'{}'"),
    instant("updated_at"),
)

customers = Table(
    "customers",
    metadata,
    uuid("profile_id", key=True),
    words("customer_id", null=True),
    number("version", default="0"),
    uuid("merged_into", null=True),
    document("attributes", default="'{}'"),
    # sales up to here may be what a return without a link undoes
    instant("last_unlinked_return_at", null=True),
    instant("created_at"),
    instant("updated_at"),
    instant("erased_at", null=True),
    # when each attribute was told, by its name; "" for all that came before a replacement
    document("attributes_at", null=True),
    # who was merged into a customer; `merged_into` always names the end of a chain of links
    Index(
        "ix_customers_merged_into",
        "merged_into",
        postgresql_where=sql("merged_into IS NOT NULL"),
    ),
    postgresql_with=ROOM_FOR_UPDATES,
)

identifiers = Table(
    "identifiers",
    metadata,
    words("kind", key=True),
    # customer_id: its UTF-8 bytes (a pseudonym, for a quick look-up); all others: an HMAC.
    blob("lookup_key", key=True),
    uuid("profile_id"),
    blob("value_encrypted", null=True),
    instant("linked_at"),
    Index("ix_identifiers_profile_id", "profile_id"),
)

identity_links = Table(
    "identity_links",
    metadata,
    uuid("loser_id", key=True),
    number("sequence", key=True),
    uuid("winner_id"),
    number("customer_version"),
    instant("linked_at"),
    instant("undone_at", null=True),
    uuid("merge_id", null=True),
    words("reason", default="''"),
    number("undone_sequence", null=True),
    Index("uq_identity_links_merge_id", "merge_id", unique=True),
    Index("ix_identity_links_winner_id", "winner_id"),
)

identity_conflicts = Table(
    "identity_conflicts",
    metadata,
    uuid("conflict_id", key=True),
    words("kind"),
    blob("lookup_key"),
    uuid("claimant_id"),
    uuid("holder_id"),
    instant("seen_at"),
    instant("resolved_at", null=True),
    Index("uq_identity_conflicts_claim", "kind", "lookup_key", "claimant_id", unique=True),
)

consents = Table(
    "consents",
    metadata,
    uuid("profile_id", key=True),
    words("purpose", key=True),
    number("sequence", key=True),
    Column("is_granted", Boolean, nullable=False),
    number("customer_version"),
    instant("changed_at"),
)

events = Table(
    "events",
    metadata,
    # The profile it resolved to for ever; an anonymous receipt belongs to its store's pseudonym.
    uuid("profile_id", key=True),
    number("sequence", key=True),
    number("customer_version", null=True),
    words("source_id"),
    words("kind"),
    blob("event_key"),
    blob("order_key", null=True),
    words("store_id", null=True),
    day("business_date"),
    instant("occurred_at"),
    instant("effective_at"),
    instant("received_at"),
    Column("is_anonymous", Boolean, nullable=False, server_default=sql("false")),
    Column("is_time_suspect", Boolean, nullable=False, server_default=sql("false")),
    document("body"),
    # summarised as the log grows: else what looks at its end reads all since the last vacuum
    Index("ix_events_sequence", "sequence", **_BLOCKS),
    Index("ix_events_received_at", "received_at", **_BLOCKS),
    # few: what came back is found without reading all that a customer did
    Index("ix_events_undone", "profile_id", "effective_at", postgresql_where=_UNDONE),
)

event_keys = Table(
    "event_keys",
    metadata,
    blob("event_key", key=True),
    blob("body_hash"),
    number("sequence"),
)

order_keys = Table(
    "order_keys",
    metadata,
    # Without a profile: named by a return or a void that came before its sale.
    blob("order_key", key=True),
    uuid("profile_id", null=True),
    number("sequence", null=True),
)

order_claims = Table(
    "order_claims",
    metadata,
    # Every sale that names an order which another sale names too; an order known by one sale only
    # has no row here.
    blob("order_key", key=True),
    number("sequence", key=True),
    uuid("profile_id"),
)

reversals = Table(
    "reversals",
    metadata,
    blob("order_key", key=True),
    number("sequence", key=True),
    uuid("profile_id"),
    instant("occurred_at"),
    uuid("applied_profile_id", null=True),
    number("applied_version", null=True),
)

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
    Index("ix_customer_day_business_date", "business_date", **_BLOCKS),
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

products = Table(
    "products",
    metadata,
    words("sku", key=True),
    document("name", default="'{}'"),
    words("category", null=True),
    words("brand", null=True),
    number("cost", null=True),
    instant("updated_at"),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    words("currency", key=True),
    day("valid_from", key=True),
    # base minor units per 10^9 minor units of the currency
    number("rate_nano"),
)

quarantine = Table(
    "quarantine",
    metadata,
    uuid("quarantine_id", key=True),
    words("source_id"),
    words("route"),
    words("reason"),
    words("message"),
    blob("body_encrypted"),
    blob("body_sha256"),
    instant("received_at"),
    instant("replayed_at", null=True),
    number("replayed_sequence", null=True),
    # the same body refused again is counted, not kept again
    number("times_seen", default="1"),
    instant("last_seen_at", null=True),
    Index("ix_quarantine_received_at", "received_at"),
    Index("ix_quarantine_waiting", "received_at", postgresql_where=sql("replayed_at IS NULL")),
    Index("uq_quarantine_body", "source_id", "route", "body_sha256", unique=True),
)

imports = Table(
    "imports",
    metadata,
    uuid("import_id", key=True),
    words("source_id"),
    words("file_name"),
    words("status"),
    document("mapping"),
    *counters(("rows_done", "accepted", "duplicates", "conflicts", "rejected")),
    number("rows_total", null=True),
    instant("started_at"),
    instant("finished_at", null=True),
    uuid("job_id", null=True),
    Column("is_dry_run", Boolean, nullable=False, server_default=sql("false")),
    blob("file_sha256", null=True),
    # where a killed run goes on: all before it is committed
    document("checkpoint", default="'{}'"),
    words("message", default="''"),
    # the name of the key it was uploaded with; none for one begun by hand
    words("requested_by", null=True),
)

import_errors = Table(
    "import_errors",
    metadata,
    uuid("import_id", key=True),
    number("row", key=True),
    Column("codes", ARRAY(item_type=words("code").type), nullable=False),
    words("message"),
)
