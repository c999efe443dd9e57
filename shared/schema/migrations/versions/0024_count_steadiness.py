"""Keep how steady the tiers of a programme were, counted once a date."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table of what was counted."""
    op.create_table(
        "tier_steadiness",
        sa.Column("programme_key", sa.Text(), primary_key=True),
        sa.Column("business_date", sa.Date(), primary_key=True),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("started_at", "ended_at")
        ),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("within_days", "customers", "moved", "moves", "flapped")
        ),
    )
