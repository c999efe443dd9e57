"""Tables that services/feedback owns: what service has to answer, and how it went."""

from sqlalchemy import Boolean, Column, Index, Integer, SmallInteger, Table
from sqlalchemy import text as sql

from shared.schema.metadata import (
    ROOM_FOR_UPDATES,
    document,
    instant,
    metadata,
    number,
    uuid,
    words,
)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=sql("false"))


cases = Table(
    "cases",
    metadata,
    uuid("case_id", key=True),
    # what was said; its words are kept there only
    uuid("feedback_id", null=True),
    words("customer_id", null=True),
    words("kind"),
    words("channel", default="'web'"),
    words("state"),
    words("owner", null=True),
    # 1 is worked first, 5 last
    number("priority", default="3"),
    number("version", default="1"),
    # the tier held when it was said
    words("programme_key", null=True),
    words("tier_key", null=True),
    Column("tier_rank", SmallInteger, nullable=True),
    document("tier_name", null=True),
    # what the tier promises: response_hours, agent, hotline; unknown while scoring is away
    document("service_level", null=True),
    _flag("is_service_level_known"),
    instant("opened_at"),
    # when the clock of the present answer started: opened, or reopened
    instant("clock_from"),
    instant("due_at"),
    instant("resolve_by", null=True),
    # the first promise: reopening sets due_at anew, not this
    instant("first_due_at"),
    instant("first_answered_at", null=True),
    instant("answered_at", null=True),
    instant("resolved_at", null=True),
    instant("improved_at", null=True),
    # minutes that service was open, by the calendar of that moment
    number("response_minutes", null=True),
    number("resolution_minutes", null=True),
    # of the present clock; counted beside it over the case's life
    _flag("is_response_breached"),
    _flag("is_resolution_breached"),
    Column("breaches", Integer, nullable=False, server_default=sql("0")),
    Column("reopenings", Integer, nullable=False, server_default=sql("0")),
    words("answer", null=True),
    words("resolution", null=True),
    words("improvement", null=True),
    instant("updated_at"),
    Index("uq_cases_feedback_id", "feedback_id", unique=True),
    Index("ix_cases_due_at", "due_at", "case_id"),
    Index("ix_cases_state", "state", "due_at", "case_id"),
    Index("ix_cases_customer_id", "customer_id", "due_at", "case_id"),
    Index("ix_cases_owner", "owner", "due_at", "case_id"),
    Index("ix_cases_opened_at", "opened_at"),
    Index("ix_cases_first_answered_at", "first_answered_at"),
    # Those that may be late; the closed ones are most, and due before them.
    Index(
        "ix_cases_open",
        "due_at",
        "case_id",
        postgresql_where=sql("state IN ('received', 'answered')"),
    ),
    Index(
        "ix_cases_unanswered",
        "due_at",
        postgresql_where=sql("state = 'received' AND NOT is_response_breached"),
    ),
    Index(
        "ix_cases_unresolved",
        "resolve_by",
        postgresql_where=sql("state IN ('received', 'answered') AND NOT is_resolution_breached"),
    ),
    Index(
        "ix_cases_level_unknown",
        "due_at",
        postgresql_where=sql("NOT is_service_level_known"),
    ),
    postgresql_with=ROOM_FOR_UPDATES,
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

tier_labels = Table(
    "tier_labels",
    metadata,
    # what a person decided about a disputed tier: a pin at scoring, and a truth to train on
    uuid("label_id", key=True),
    uuid("case_id"),
    # how often the case had been reopened: one decision each time
    Column("round", Integer, nullable=False),
    words("customer_id", null=True),
    words("programme_key"),
    words("tier_held", null=True),
    words("tier_judged"),
    words("decision"),
    words("reason"),
    words("decided_by"),
    instant("decided_at"),
    instant("ends_at", null=True),
    # none, pending, made, refused, ending, ended
    words("pin_state"),
    # scoring may have made it, even if nobody heard the answer
    _flag("is_pin_asked"),
    uuid("pin_id", null=True),
    words("pin_detail", null=True),
    Index("uq_tier_labels_case_id", "case_id", "round", unique=True),
    Index("ix_tier_labels_customer_id", "customer_id"),
    Index("ix_tier_labels_decided_at", "decided_at"),
)

service_calendar = Table(
    "service_calendar",
    metadata,
    # one row: when service works
    words("calendar_key", key=True),
    document("document"),
    number("version"),
    words("updated_by"),
    instant("updated_at"),
)
