"""Tables that services/feedback owns: who was spoken to, and what they were offered."""

from sqlalchemy import Column, Index, Integer, Table
from sqlalchemy import text as sql

from shared.schema.metadata import blob, document, instant, metadata, number, uuid, words

interactions = Table(
    "interactions",
    metadata,
    words("customer_id", key=True),
    uuid("interaction_id", key=True),
    # the sender's id of it; the same id with another body (fingerprint) is a conflict
    blob("event_key"),
    blob("fingerprint"),
    # call, visit, mail, chat, message, meeting
    words("kind"),
    # in: the customer came to us; out
    words("direction"),
    words("channel"),
    words("subject", null=True),
    words("note", null=True),
    words("agent", null=True),
    words("outcome", null=True),
    Column("duration_s", Integer, nullable=True),
    uuid("case_id", null=True),
    uuid("task_id", null=True),
    # what it cost the shop, in minor units
    number("cost", null=True),
    words("currency", null=True),
    instant("at"),
    instant("received_at"),
    Index("ix_interactions_customer_id", "customer_id", "at", "interaction_id"),
    Index("ix_interactions_at", "at", "interaction_id"),
    Index("uq_interactions_interaction_id", "interaction_id", unique=True),
    Index("ix_interactions_case_id", "case_id", postgresql_where=sql("case_id IS NOT NULL")),
    Index("uq_interactions_event_key", "event_key", unique=True),
)

offers = Table(
    "offers",
    metadata,
    words("offer_key", key=True),
    # counts changes; If-Match names it
    number("version", default="1"),
    document("document"),
    instant("created_at"),
    instant("updated_at"),
)

offer_responses = Table(
    "offer_responses",
    metadata,
    words("customer_id", key=True),
    words("offer_key", key=True),
    # which time it was offered: '' where the sender does not tell them apart
    words("sending", key=True),
    uuid("response_id"),
    # accepted, declined, ignored; the latest `at` wins
    words("answer"),
    # as last decided when it was told; null for who has none
    words("programme_key", null=True),
    words("tier_key", null=True),
    words("lifecycle", null=True),
    uuid("feedback_id", null=True),
    instant("at"),
    instant("received_at"),
    Index("ix_offer_responses_customer_id", "customer_id", "at", "response_id"),
    Index("ix_offer_responses_offer_key", "offer_key", "at", "response_id"),
    Index("ix_offer_responses_at", "at", "response_id"),
    Index("uq_offer_responses_response_id", "response_id", unique=True),
)
