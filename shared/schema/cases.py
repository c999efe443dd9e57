"""Tables that services/feedback owns: what service has to answer, and how it went."""

from sqlalchemy import Table

from shared.schema.metadata import document, instant, metadata, number, uuid, words

cases = Table(
    "cases",
    metadata,
    uuid("case_id", key=True),
    uuid("feedback_id", null=True),
    words("customer_id", null=True),
    words("kind"),
    words("state"),
    words("owner", null=True),
    number("priority", default="0"),
    number("version", default="0"),
    instant("due_at", null=True),
    instant("created_at"),
    instant("updated_at"),
)

case_events = Table(
    "case_events",
    metadata,
    uuid("case_id", key=True),
    uuid("case_event_id", key=True),
    words("kind"),
    words("actor"),
    document("details", default="'{}'"),
    instant("at"),
)
