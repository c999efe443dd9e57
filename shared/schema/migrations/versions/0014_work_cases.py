"""Work cases until things are better."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("state IN ('received', 'answered')")
_UNANSWERED = sa.text("state = 'received' AND NOT is_response_breached")
_UNRESOLVED = sa.text("state IN ('received', 'answered') AND NOT is_resolution_breached")
_LEVEL_UNKNOWN = sa.text("NOT is_service_level_known")


def upgrade() -> None:
    """Put the tables of cases in place of those that were never filled."""
    op.drop_table("case_events")
    op.drop_table("cases")
    _cases()
    op.create_table(
        "case_events",
        sa.Column("case_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("case_event_id", sa.Uuid(), primary_key=True, autoincrement=False),
        _text("kind"),
        _text("actor"),
        sa.Column("details", JSONB(), nullable=False, server_default=sa.text("'{}'")),
        _instant("at"),
    )
    _labels()
    op.create_table(
        "service_calendar",
        sa.Column("calendar_key", sa.Text(), primary_key=True),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _text("updated_by"),
        _instant("updated_at"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        _text("customer_id", null=True),
        _text("kind"),
        sa.Column("channel", sa.Text(), nullable=False, server_default=sa.text("'web'")),
        _text("state"),
        _text("owner", null=True),
        sa.Column("priority", sa.BigInteger(), nullable=False, server_default=sa.text("3")),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")),
        _text("programme_key", null=True),
        _text("tier_key", null=True),
        sa.Column("tier_rank", sa.SmallInteger(), nullable=True),
        sa.Column("tier_name", JSONB(), nullable=True),
        sa.Column("service_level", JSONB(), nullable=True),
        _flag("is_service_level_known"),
        _instant("opened_at"),
        _instant("clock_from"),
        _instant("due_at"),
        _instant("resolve_by", null=True),
        _instant("first_due_at"),
        *(_instant(name, null=True) for name in ("first_answered_at", "answered_at")),
        *(_instant(name, null=True) for name in ("resolved_at", "improved_at")),
        sa.Column("response_minutes", sa.BigInteger(), nullable=True),
        sa.Column("resolution_minutes", sa.BigInteger(), nullable=True),
        _flag("is_response_breached"),
        _flag("is_resolution_breached"),
        sa.Column("breaches", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("reopenings", sa.Integer(), nullable=False, server_default=sa.text("0")),
        *(_text(name, null=True) for name in ("answer", "resolution", "improvement")),
        _instant("updated_at"),
        sa.Index("uq_cases_feedback_id", "feedback_id", unique=True),
        sa.Index("ix_cases_due_at", "due_at", "case_id"),
        sa.Index("ix_cases_state", "state", "due_at", "case_id"),
        sa.Index("ix_cases_customer_id", "customer_id", "due_at", "case_id"),
        sa.Index("ix_cases_owner", "owner", "due_at", "case_id"),
        sa.Index("ix_cases_opened_at", "opened_at"),
        sa.Index("ix_cases_first_answered_at", "first_answered_at"),
        sa.Index("ix_cases_open", "due_at", "case_id", postgresql_where=_OPEN),
        sa.Index("ix_cases_unanswered", "due_at", postgresql_where=_UNANSWERED),
        sa.Index("ix_cases_unresolved", "resolve_by", postgresql_where=_UNRESOLVED),
        sa.Index("ix_cases_level_unknown", "due_at", postgresql_where=_LEVEL_UNKNOWN),
        postgresql_with={"fillfactor": 80},
    )


def _labels() -> None:
    op.create_table(
        "tier_labels",
        sa.Column("label_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        _text("customer_id", null=True),
        _text("programme_key"),
        _text("tier_held", null=True),
        *(_text(name) for name in ("tier_judged", "decision", "reason", "decided_by")),
        _instant("decided_at"),
        _instant("ends_at", null=True),
        _text("pin_state"),
        _flag("is_pin_asked"),
        sa.Column("pin_id", sa.Uuid(), nullable=True),
        _text("pin_detail", null=True),
        sa.Index("uq_tier_labels_case_id", "case_id", "round", unique=True),
        sa.Index("ix_tier_labels_customer_id", "customer_id"),
        sa.Index("ix_tier_labels_decided_at", "decided_at"),
    )


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _instant(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))
