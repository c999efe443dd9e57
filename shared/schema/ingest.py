"""Tables that services/ingest owns: the shop and its goods, who sends, what came in, the log."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Sequence,
    Table,
)
from sqlalchemy import text as sql

from shared.schema.metadata import (
    BY_BLOCKS,
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
    Index("ix_events_sequence", "sequence", **BY_BLOCKS),
    Index("ix_events_received_at", "received_at", **BY_BLOCKS),
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
