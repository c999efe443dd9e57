"""Tables that services/scoring owns: what it tells others, and to whom it was delivered."""

from sqlalchemy import BigInteger, Column, Identity, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import document, instant, metadata, uuid, words

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
    # when deliveries were written for those who listen
    instant("spread_at", null=True),
    Index("ix_announcements_waiting", "sequence", postgresql_where=sql("spread_at IS NULL")),
    Index("ix_announcements_profile_id", "profile_id", "sequence"),
)
