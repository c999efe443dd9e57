"""Tables that services/scoring owns: programme documents, and what people decide by hand."""

from sqlalchemy import Boolean, Column, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import document, instant, metadata, number, uuid, words

programmes = Table(
    "programmes",
    metadata,
    words("programme_key", key=True),
    words("audience"),
    Column("is_default", Boolean, nullable=False, server_default=sql("false")),
    instant("created_at"),
)

programme_versions = Table(
    "programme_versions",
    metadata,
    words("programme_key", key=True),
    number("version", key=True),
    words("status"),
    document("document"),
    document("note", default="'{}'"),
    instant("created_at"),
    instant("published_at", null=True),
)

customer_controls = Table(
    "customer_controls",
    metadata,
    uuid("profile_id", key=True),
    number("control_version", default="0"),
)

grants = Table(
    "grants",
    metadata,
    uuid("profile_id", key=True),
    uuid("grant_id", key=True),
    words("programme_key"),
    words("tier_key"),
    words("kind"),
    words("reason"),
    number("control_version"),
    instant("starts_at"),
    instant("ends_at", null=True),
    # who asked, and when it was taken back: the row stays, it says what was true
    words("actor", default="''"),
    instant("created_at", null=True),
    instant("ended_at", null=True),
    number("ended_control_version", null=True),
)

pins = Table(
    "pins",
    metadata,
    uuid("profile_id", key=True),
    uuid("pin_id", key=True),
    words("programme_key"),
    words("mode"),
    words("tier_key"),
    words("reason"),
    number("control_version"),
    instant("starts_at"),
    instant("ends_at", null=True),
    # who asked, and when it was taken back: the row stays, it says what was true
    words("actor", default="''"),
    instant("created_at", null=True),
    instant("ended_at", null=True),
    number("ended_control_version", null=True),
)

due_reviews = Table(
    "due_reviews",
    metadata,
    uuid("profile_id", key=True),
    words("programme_key", key=True),
    instant("due_at", key=True),
    Index("ix_due_reviews_due_at", "due_at"),
)
