"""Keep when each attribute of a profile was told, so that the latest word on it stays."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the column; rows are not written again."""
    op.add_column("customers", sa.Column("attributes_at", JSONB(), nullable=True))
