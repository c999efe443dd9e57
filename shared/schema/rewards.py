"""Tables that services/scoring owns: the use of benefits, and points."""

from sqlalchemy import Table

from shared.schema.metadata import blob, document, instant, metadata, number, uuid, words

benefits = Table(
    "benefits",
    metadata,
    words("programme_key", key=True),
    words("benefit_key", key=True),
    document("document"),
)

benefit_usage = Table(
    "benefit_usage",
    metadata,
    uuid("profile_id", key=True),
    uuid("usage_id", key=True),
    words("programme_key"),
    words("benefit_key"),
    instant("used_at"),
    number("quantity"),
)

points_entries = Table(
    "points_entries",
    metadata,
    uuid("profile_id", key=True),
    uuid("entry_id", key=True),
    words("kind"),
    number("points"),
    instant("at"),
    instant("expires_at", null=True),
    blob("order_key", null=True),
)
