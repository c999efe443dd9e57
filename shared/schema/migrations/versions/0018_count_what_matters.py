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
