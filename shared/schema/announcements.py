"""Tables that services/scoring owns: what it tells others, and to whom it was delivered."""

from typing import Final

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Index, Sequence, Table, Text
from sqlalchemy import text as sql

from shared.schema.metadata import blob, document, instant, metadata, number, uuid, words

ANNOUNCEMENT_NUMBER: Final = "announcement_number"
announcement_number = Sequence(ANNOUNCEMENT_NUMBER, metadata=metadata, cache=1)
_PENDING: Final = sql("status = 'pending'")

announcements = Table(
    "announcements",
    metadata,
    # written with its cause in one transaction; the id is that of every delivery
    uuid("announcement_id", key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False),
    uuid("profile_id"),
    words("kind"),
    document("body"),
    instant("at"),
    instant("created_at"),
    # given when it is spread to those who listen, one spreader at a time: whoever commits late
    # comes after what was told already, so numbers of one customer only rise
    number("number", null=True),
    Index("ix_announcements_waiting", "sequence", postgresql_where=sql("number IS NULL")),
    Index("ix_announcements_profile_id", "profile_id", "sequence"),
    Index("ix_announcements_created_at", "created_at"),
    Index("ix_announcements_number", "number", postgresql_where=sql("number IS NOT NULL")),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    uuid("endpoint_id", key=True),
    words("url"),
    Column("kinds", ARRAY(Text()), nullable=False),
    # none: every customer-facing programme; an internal one only when it is named
    Column("programmes", ARRAY(Text()), nullable=False),
    words("description", default="''"),
    # active, disabled
    words("status", default="'active'"),
    words("disabled_reason", null=True),
    # sealed (AES-256-GCM); the former one signs beside it until former_until
    blob("secret_encrypted"),
    blob("former_encrypted", null=True),
    instant("former_until", null=True),
    # the first failure since the last success
    instant("failing_since", null=True),
    instant("created_at"),
    instant("updated_at"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    uuid("delivery_id", key=True),
    uuid("endpoint_id"),
    uuid("announcement_id"),
    uuid("profile_id"),
    number("number"),
    # pending, delivered, given_up
    words("status", default="'pending'"),
    number("attempts", default="0"),
    # while it is sent: when the lease of whoever sends it ends
    instant("due_at"),
    instant("created_at"),
    instant("finished_at", null=True),
    # one {"at", "status", "ms", "error"} an attempt
    document("tries", default="'[]'"),
    Index("uq_webhook_deliveries_announcement_id", "announcement_id", "endpoint_id", unique=True),
    Index("ix_webhook_deliveries_log", "endpoint_id", "number"),
    Index("ix_webhook_deliveries_due", "endpoint_id", "due_at", postgresql_where=_PENDING),
    Index(
        "ix_webhook_deliveries_order",
        "endpoint_id",
        "profile_id",
        "number",
        postgresql_where=_PENDING,
    ),
)
