"""Note when a shop first sold each article and first sent each kind of fact."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add two small tables, filled by the worker once a business date."""
    op.create_table(
        "sku_first_sales",
        sa.Column("sku", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("first_sold", sa.Date(), nullable=False),
    )
    op.create_table(
        "source_census",
        sa.Column("source", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("first_seen", sa.Date(), nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=False),
    )
