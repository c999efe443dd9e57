"""Let published rules decide tiers: schedules of versions, ends of pins and grants, memberships."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what status programmes keep, and the fact of a paid membership."""
    op.add_column("releases", sa.Column("schedule", JSONB(), nullable=True))
    op.add_column("tier_current", sa.Column("status", sa.Text(), nullable=True))
    op.add_column("tier_current", sa.Column("valid_until", _instant(), nullable=True))
    for table in ("grants", "pins"):
        op.add_column(table, sa.Column("actor", sa.Text(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("created_at", _instant(), nullable=True))
        op.add_column(table, sa.Column("ended_at", _instant(), nullable=True))
        op.add_column(table, sa.Column("ended_control_version", sa.BigInteger(), nullable=True))
    op.create_table(
        "memberships",
        sa.Column("profile_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("membership_id", sa.LargeBinary(), primary_key=True, autoincrement=False),
        sa.Column("programme_key", sa.Text(), nullable=False),
        sa.Column("tier_key", sa.Text(), nullable=True),
        sa.Column("starts_at", _instant(), nullable=False),
        sa.Column("ends_at", _instant(), nullable=True),
        sa.Column("ended_at", _instant(), nullable=True),
        sa.Column("order_key", sa.LargeBinary(), nullable=True),
    )


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)
