"""Right what was kept of pinned tiers and reopened cases."""

from collections.abc import Sequence

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Have pinned tiers decided anew by their next read; what is open has no time of a solution.

    A stored answer told the end of what was earned beneath a pin, and would until the pin ends.
    """
    op.execute("UPDATE tier_current SET next_change_at = decided_at WHERE status = 'pinned'")
    op.execute(
        "UPDATE cases SET resolution_minutes = NULL"
        " WHERE resolved_at IS NULL AND resolution_minutes IS NOT NULL"
    )
