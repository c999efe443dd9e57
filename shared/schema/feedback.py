"""Tables that services/feedback owns: what customers say, and what is done about it."""

from sqlalchemy import Boolean, Column, Index, Integer, Table
from sqlalchemy import text as sql

from shared.schema.metadata import blob, day, document, instant, metadata, number, uuid, words

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
    # the tier held at that moment as scoring told it; absent and marked when scoring was away
    document("tier_held", null=True),
    Column("is_tier_known", Boolean, nullable=False, server_default=sql("false")),
    document("properties", default="'{}'"),
    instant("occurred_at"),
    instant("received_at"),
    Index("ix_feedback_customer_id", "customer_id", "feedback_id"),
    Index("uq_feedback_event_key", "event_key", unique=True),
)

surveys = Table(
    "surveys",
    metadata,
    words("survey_key", key=True),
    document("document"),
    instant("created_at"),
)

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

playbooks = Table(
    "playbooks",
    metadata,
    words("playbook_key", key=True),
    document("document"),
    instant("created_at"),
)

tasks = Table(
    "tasks",
    metadata,
    uuid("task_id", key=True),
    words("playbook_key", null=True),
    words("customer_id"),
    words("state"),
    words("owner", null=True),
    document("details", default="'{}'"),
    instant("due_at"),
    instant("completed_at", null=True),
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

experiments = Table(
    "experiments",
    metadata,
    words("experiment_key", key=True),
    document("document"),
    instant("created_at"),
)

exposures = Table(
    "exposures",
    metadata,
    words("customer_id", key=True),
    words("experiment_key", key=True),
    words("arm"),
    instant("at"),
)

kpi_targets = Table(
    "kpi_targets",
    metadata,
    words("kpi_key", key=True),
    words("owner"),
    document("target"),
    instant("updated_at"),
)

kpi_daily = Table(
    "kpi_daily",
    metadata,
    day("business_date", key=True),
    words("kpi_key", key=True),
    words("slice", key=True),
    number("numerator"),
    number("denominator"),
)
