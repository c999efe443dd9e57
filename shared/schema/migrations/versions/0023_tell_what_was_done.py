"""Find what people did by person, action, thing and time, and what waits or failed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the orders in which the audit log is read, and those in which queues are counted."""
    # by the instant alone, rows of one instant had no order to page by
    op.drop_index("ix_audit_log_at", "audit_log")
    by_people = "action <> 'order.corrected'"
    _create_partial("ix_audit_log_at", "audit_log", ["at", "audit_id"], by_people)
    for name in ("actor", "action", "subject"):
        op.create_index(f"ix_audit_log_{name}", "audit_log", [name, "at", "audit_id"])
    _create_partial("ix_jobs_failed", "jobs", ["finished_at", "kind"], "status = 'failed'")
    _create_partial("ix_quarantine_waiting", "quarantine", ["received_at"], "replayed_at IS NULL")


def _create_partial(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(condition))
