"""List customers by an index, never by a scan."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the orders in which customers are listed, and what senders are told apart by."""
    _tell_senders_apart()
    _list_by_value()


def _tell_senders_apart() -> None:
    op.add_column("imports", sa.Column("requested_by", sa.Text(), nullable=True))
    counters = ("received", "accepted", "duplicates", "conflicts", "rejected", "unsigned")
    op.create_table(
        "source_hour",
        sa.Column("received_in", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("source_id", sa.Text(), primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
            for name in counters
        ),
    )


def _list_by_value() -> None:
    # each class and stage of life by score: a page is read from the index, whatever is filtered
    columns = ["programme_key", "release_id", "rank", "lifecycle", "score", "profile_id"]
    op.create_index("ix_tier_current_ladder", "tier_current", columns)
