"""Tables of ingest that its facts do not rest on: senders' secrets, counts, erasures, rebuilds."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import (
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

#: What became of a source's items, by the day they were received.
SOURCE_COUNTERS: Final = ("received", "accepted", "duplicates", "conflicts", "rejected")
#: The same by hour, with pushes that no valid secret signed.
HOUR_COUNTERS: Final = (*SOURCE_COUNTERS, "unsigned")

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    # Secrets that platforms sign web hooks with; after a change the old one stays valid a while.
    uuid("secret_id", key=True),
    words("source_id"),
    words("platform"),
    blob("secret_encrypted"),
    instant("created_at"),
    instant("valid_until", null=True),
    Index("ix_webhook_secrets_source_id", "source_id"),
)

source_day = Table(
    "source_day",
    metadata,
    words("source_id", key=True),
    day("received_on", key=True),
    *counters(SOURCE_COUNTERS),
)

source_hour = Table(
    "source_hour",
    metadata,
    # The same by hour, for the log of connectors; the hour first: it is read from its end.
    instant("received_in", key=True),
    words("source_id", key=True),
    *counters(HOUR_COUNTERS),
)

tombstones = Table(
    "tombstones",
    metadata,
    # Identifiers of the erased, as salted hashes: they are refused until then.
    words("kind", key=True),
    blob("lookup_key", key=True),
    instant("erased_at"),
    instant("refused_until"),
    Index("ix_tombstones_refused_until", "refused_until"),
)

erasures = Table(
    "erasures",
    metadata,
    uuid("erasure_id", key=True),
    uuid("profile_id"),
    uuid("job_id", null=True),
    words("requested_by"),
    words("reason"),
    instant("requested_at"),
    instant("finished_at", null=True),
    document("receipt", default="'{}'"),
)

rebuilds = Table(
    "rebuilds",
    metadata,
    # One row a shard of a rebuild: `after_id` is where a killed run goes on.
    uuid("rebuild_id", key=True),
    number("shard", key=True),
    uuid("from_id"),
    uuid("to_id"),
    uuid("after_id", null=True),
    Column("is_repair", Boolean, nullable=False, server_default=sql("false")),
    number("customers", default="0"),
    number("differences", default="0"),
    instant("started_at"),
    instant("updated_at"),
    instant("finished_at", null=True),
)

memberships = Table(
    "memberships",
    metadata,
    # paid status of a programme: what membership_paid gave, and membership_ended took back
    uuid("profile_id", key=True),
    blob("membership_id", key=True),
    words("programme_key"),
    words("tier_key", null=True),
    instant("starts_at"),
    instant("ends_at", null=True),
    instant("ended_at", null=True),
    # the order it was paid with
    blob("order_key", null=True),
)
