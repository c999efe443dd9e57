"""Count what matters, day by day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables of KPIs anew; no installation has filled them."""
    _create_kpis()
    _create_reviews()


def _create_kpis() -> None:
    op.drop_table("kpi_targets")
    op.drop_table("kpi_daily")
    op.create_table(
        "kpi_targets",
        sa.Column("kpi_key", sa.Text(), primary_key=True),
        sa.Column("slice", sa.Text(), primary_key=True),
        sa.Column("period", sa.Text(), primary_key=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "kpi_daily",
        sa.Column("kpi_key", sa.Text(), primary_key=True),
        sa.Column("slice", sa.Text(), primary_key=True),
        sa.Column("business_date", sa.Date(), primary_key=True),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("histogram", JSONB(), nullable=True),
    )
    op.create_table(
        "kpi_days",
        sa.Column("business_date", sa.Date(), primary_key=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("rolled_up_at", sa.DateTime(timezone=True), nullable=False),
    )
    # Rows of a date lie together: what was bought today is found without reading all the rest.
    op.create_index(
        "ix_customer_day_business_date",
        "customer_day",
        ["business_date"],
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )


def _create_reviews() -> None:
    undone = sa.text("finished_at IS NULL")
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("versions", JSONB(), nullable=False, server_default="[]"),
        sa.Column("too_few", JSONB(), nullable=False, server_default="[]"),
        sa.Index("uq_reviews_occasion", "occasion", unique=True),
        sa.Index("ix_reviews_undone", "review_id", postgresql_where=undone),
    )
    op.create_table(
        "review_findings",
        sa.Column("review_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("finding_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme_key", sa.Text(), nullable=True),
        sa.Column("tier_key", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("suggestion", JSONB(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, server_default="open"),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
    )
