"""Tables that services/scoring owns: segments and who is in them."""

from sqlalchemy import Table

from shared.schema.metadata import document, instant, metadata, number, uuid, words

segments = Table(
    "segments",
    metadata,
    words("segment_key", key=True),
    document("name"),
    document("condition"),
    instant("created_at"),
    instant("updated_at"),
)

segment_members = Table(
    "segment_members",
    metadata,
    uuid("profile_id", key=True),
    words("segment_key", key=True),
    instant("entered_at"),
    number("decided_version"),
)
