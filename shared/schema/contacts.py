"""Tables that services/feedback owns: who was spoken to, and what they were offered."""

from sqlalchemy import Table

from shared.schema.metadata import document, instant, metadata, uuid, words

interactions = Table(
    "interactions",
    metadata,
    words("customer_id", key=True),
    uuid("interaction_id", key=True),
    words("kind"),
    words("channel"),
    document("details", default="'{}'"),
    instant("at"),
)

offers = Table(
    "offers",
    metadata,
    words("offer_key", key=True),
    document("document"),
    instant("created_at"),
)

offer_responses = Table(
    "offer_responses",
    metadata,
    words("customer_id", key=True),
    words("offer_key", key=True),
    uuid("response_id", key=True),
    words("answer"),
    instant("at"),
)
