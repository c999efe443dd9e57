"""Let an order namespace have one authoritative source, and remember when a source last sent."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add a column and an index; sources are few."""
    op.add_column("sources", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "uq_sources_authority",
        "sources",
        ["order_namespace"],
        unique=True,
        postgresql_where=sa.text("is_authoritative"),
    )
