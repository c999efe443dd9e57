"""Tell others what changed: announcements, and their delivery."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the announcements."""
    op.create_table(
        "announcements",
        sa.Column("announcement_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spread_at", sa.DateTime(timezone=True), nullable=True),
        sa.Index(
            "ix_announcements_waiting", "sequence", postgresql_where=sa.text("spread_at IS NULL")
        ),
        sa.Index("ix_announcements_profile_id", "profile_id", "sequence"),
    )
