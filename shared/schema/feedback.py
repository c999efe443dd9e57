"""Tables that services/feedback owns: what customers say."""

from sqlalchemy import Boolean, Column, Index, Integer, Table
from sqlalchemy import text as sql

from shared.schema.metadata import blob, document, instant, metadata, uuid, words

feedback = Table(
    "feedback",
    metadata,
    uuid("feedback_id", key=True),
    words("customer_id", null=True),
    blob("event_key"),
    # of the request as it came: the same id with another body is a conflict
    blob("fingerprint"),
    words("kind"),
    words("channel"),
    Column("rating", Integer, nullable=True),
    words("text", null=True),
    words("language", null=True),
    words("order_id", null=True),
    words("session_id", null=True),
    # of an offer_response: which offer, and what was said to it
    words("offer_key", null=True),
    words("answer", null=True),
    # the tier held at that moment as scoring told it; absent and marked when scoring was away
    document("tier_held", null=True),
    Column("is_tier_known", Boolean, nullable=False, server_default=sql("false")),
    # when the tier was found out afterwards, or given up on
    instant("tier_added_at", null=True),
    document("properties", default="'{}'"),
    instant("occurred_at"),
    instant("received_at"),
    Index("ix_feedback_customer_id", "customer_id", "feedback_id"),
    # a time line reads from its end
    Index("ix_feedback_at", "customer_id", "occurred_at", "feedback_id"),
    Index("ix_feedback_occurred_at", "occurred_at"),
    # empty but after an outage of scoring
    Index(
        "ix_feedback_tier_unknown",
        "feedback_id",
        postgresql_where=sql("NOT is_tier_known AND tier_added_at IS NULL"),
    ),
    Index("uq_feedback_event_key", "event_key", unique=True),
)
