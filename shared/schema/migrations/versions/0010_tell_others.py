"""Tell others what changed: announcements, and their delivery."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    """Add the announcements, who listens, and what was delivered."""
    op.execute(sa.schema.CreateSequence(sa.Sequence("announcement_number", cache=1)))
    op.create_table(
        "announcements",
        sa.Column("announcement_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Index(
            "ix_announcements_waiting", "sequence", postgresql_where=sa.text("number IS NULL")
        ),
        sa.Index("ix_announcements_profile_id", "profile_id", "sequence"),
        sa.Index("ix_announcements_created_at", "created_at"),
    )
    _add_endpoints()
    _add_deliveries()


def _add_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("endpoint_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("programmes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False, server_default=""),
        sa.Column("status", sa.Text(), nullable=False, server_default="active"),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("secret_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("former_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _add_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default="pending"),
        sa.Column("attempts", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", JSONB(), nullable=False, server_default="[]"),
        sa.Index(
            "uq_webhook_deliveries_announcement_id", "announcement_id", "endpoint_id", unique=True
        ),
        sa.Index("ix_webhook_deliveries_log", "endpoint_id", "number"),
        sa.Index("ix_webhook_deliveries_due", "endpoint_id", "due_at", postgresql_where=_PENDING),
        sa.Index(
            "ix_webhook_deliveries_order",
            "endpoint_id",
            "profile_id",
            "number",
            postgresql_where=_PENDING,
        ),
    )
