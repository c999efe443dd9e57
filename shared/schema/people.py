"""Tables of people that services/ingest owns: by what they are known, merged and consented to."""

from sqlalchemy import Boolean, Column, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import (
    ROOM_FOR_UPDATES,
    blob,
    document,
    instant,
    metadata,
    number,
    uuid,
    words,
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
