"""Take what customers say from every channel."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Keep which offer was answered, and when a tier was found out afterwards."""
    op.add_column("feedback", sa.Column("offer_key", sa.Text(), nullable=True))
    op.add_column("feedback", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("feedback", sa.Column("tier_added_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_feedback_occurred_at", "feedback", ["occurred_at"])
    op.create_index(
        "ix_feedback_tier_unknown",
        "feedback",
        ["feedback_id"],
        postgresql_where=sa.text("NOT is_tier_known AND tier_added_at IS NULL"),
    )
