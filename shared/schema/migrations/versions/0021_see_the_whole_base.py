"""Sum up beforehand what the overview shows of the whole base."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the summaries of the base."""
    _create_counts()
    _create_flows()
    op.create_table(
        "value_concentration",
        sa.Column("business_date", sa.Date(), primary_key=True),
        sa.Column("programme_key", sa.Text(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
    )
    # Rows are appended as time goes by: the last minutes lie together, and a summary of blocks
    # costs a decision nothing, where a tree would be written by each.
    op.create_index(
        "ix_tier_history_business_instant",
        "tier_history",
        ["business_instant"],
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )


def _create_counts() -> None:
    op.create_table(
        "tier_counts",
        sa.Column("programme_key", sa.Text(), primary_key=True),
        sa.Column("business_date", sa.Date(), primary_key=True),
        sa.Column("tier_key", sa.Text(), primary_key=True),
        sa.Column("lifecycle", sa.Text(), primary_key=True),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
    )


def _create_flows() -> None:
    op.create_table(
        "tier_flows",
        sa.Column("programme_key", sa.Text(), primary_key=True),
        sa.Column("business_date", sa.Date(), primary_key=True),
        sa.Column("days", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("tier_from", sa.Text(), primary_key=True),
        sa.Column("tier_to", sa.Text(), primary_key=True),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
    )
