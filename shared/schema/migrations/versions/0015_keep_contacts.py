"""Keep contacts and offers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Replace placeholders that no release filled, and let time lines be read from their end."""
    for placeholder in ("interactions", "offers", "offer_responses"):
        op.drop_table(placeholder)
    _create_interactions()
    _create_offers()
    _create_responses()
    _add_time_line()


def _create_interactions() -> None:
    op.create_table(
        "interactions",
        _words("customer_id", key=True),
        sa.Column("interaction_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("event_key", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        *(_words(name) for name in ("kind", "direction", "channel")),
        *(_words(name, null=True) for name in ("subject", "note", "agent", "outcome")),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        _words("currency", null=True),
        *(_instant(name) for name in ("at", "received_at")),
        sa.Index("ix_interactions_customer_id", "customer_id", "at", "interaction_id"),
        sa.Index("ix_interactions_at", "at", "interaction_id"),
        sa.Index("uq_interactions_interaction_id", "interaction_id", unique=True),
        sa.Index(
            "ix_interactions_case_id", "case_id", postgresql_where=sa.text("case_id IS NOT NULL")
        ),
        sa.Index("uq_interactions_event_key", "event_key", unique=True),
    )


def _create_offers() -> None:
    op.create_table(
        "offers",
        _words("offer_key", key=True),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("document", JSONB(), nullable=False),
        *(_instant(name) for name in ("created_at", "updated_at")),
    )


def _create_responses() -> None:
    op.create_table(
        "offer_responses",
        *(_words(name, key=True) for name in ("customer_id", "offer_key", "sending")),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        _words("answer"),
        *(_words(name, null=True) for name in ("programme_key", "tier_key", "lifecycle")),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        *(_instant(name) for name in ("at", "received_at")),
        sa.Index("ix_offer_responses_customer_id", "customer_id", "at", "response_id"),
        sa.Index("ix_offer_responses_offer_key", "offer_key", "at", "response_id"),
        sa.Index("ix_offer_responses_at", "at", "response_id"),
        sa.Index("uq_offer_responses_response_id", "response_id", unique=True),
    )


def _add_time_line() -> None:
    op.create_index("ix_feedback_at", "feedback", ["customer_id", "occurred_at", "feedback_id"])
    op.create_index("ix_orders_at", "orders", ["profile_id", "effective_at"])
    op.create_index(
        "ix_events_undone",
        "events",
        ["profile_id", "effective_at"],
        postgresql_where=sa.text("kind IN ('return', 'void')"),
    )
    op.create_index(
        "ix_points_entries_at",
        "points_entries",
        ["profile_id", "at"],
        postgresql_where=sa.text("kind <> 'earned'"),
    )


def _words(name: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), primary_key=key, nullable=null)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
