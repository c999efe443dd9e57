"""Care for customers: playbooks and tasks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNDONE = sa.text("state IN ('open', 'claimed')")


def upgrade() -> None:
    """Make room for playbooks, how far they are, and tasks; nobody kept any before."""
    op.drop_table("tasks")
    op.drop_table("playbooks")
    _create_playbooks()
    _create_tasks()
    # playbooks read announcements in the order in which they were spread
    op.create_index(
        "ix_announcements_number",
        "announcements",
        ["number"],
        postgresql_where=sa.text("number IS NOT NULL"),
    )


def _create_playbooks() -> None:
    op.create_table(
        "playbooks",
        sa.Column("playbook_key", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("live_since", _instant(), nullable=True),
        sa.Column("created_at", _instant(), nullable=False),
        sa.Column("updated_at", _instant(), nullable=False),
    )
    op.create_table(
        "playbook_runs",
        sa.Column("playbook_key", sa.Text(), primary_key=True),
        sa.Column("occasion", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("counts", JSONB(), nullable=False, server_default="{}"),
        sa.Column("note", JSONB(), nullable=True),
        sa.Column("started_at", _instant(), nullable=False),
        sa.Column("looked_at", _instant(), nullable=False),
        sa.Column("finished_at", _instant(), nullable=True),
        sa.Index("ix_playbook_runs_started_at", "playbook_key", "started_at"),
    )


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("once_key", sa.Text(), nullable=False),
        sa.Column("playbook_key", sa.Text(), nullable=True),
        sa.Column("playbook_version", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, server_default="service"),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("message", JSONB(), nullable=True),
        sa.Column("details", JSONB(), nullable=False, server_default="{}"),
        sa.Column("segment_at", JSONB(), nullable=True),
        sa.Column("priority", sa.BigInteger(), nullable=False, server_default="3"),
        sa.Column("state", sa.Text(), nullable=False, server_default="open"),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("owner", "queue")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("cost", "actual_cost")),
        sa.Column("currency", sa.Text(), nullable=True),
        *(
            sa.Column(name, _instant(), nullable=False)
            for name in ("created_at", "due_at", "expires_at")
        ),
        *(sa.Column(name, _instant(), nullable=True) for name in ("claimed_at", "closed_at")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("closed_by", "outcome", "note")),
        sa.Column("completion", sa.LargeBinary(), nullable=True),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        *_task_indexes(),
        postgresql_with={"fillfactor": "80"},
    )


def _task_indexes() -> list[sa.Index]:
    return [
        sa.Index("uq_tasks_once_key", "once_key", unique=True),
        sa.Index("ix_tasks_state", "state", "due_at", "priority", "task_id"),
        *(
            sa.Index(
                f"ix_tasks_{name}",
                name,
                "due_at",
                "priority",
                "task_id",
                postgresql_where=sa.text(f"{name} IS NOT NULL"),
            )
            for name in ("owner", "queue")
        ),
        sa.Index("ix_tasks_customer_id", "customer_id", "due_at", "priority", "task_id"),
        sa.Index("ix_tasks_profile_id", "profile_id", "created_at"),
        sa.Index("ix_tasks_playbook_key", "playbook_key", "created_at"),
        sa.Index(
            "ix_tasks_closed_at",
            "customer_id",
            "closed_at",
            "task_id",
            postgresql_where=sa.text("state = 'done'"),
        ),
        sa.Index("ix_tasks_expires_at", "expires_at", postgresql_where=_UNDONE),
    ]


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)
