"""Keep who may use the console, and what is made for them by schedule."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables of the console."""
    _create_users()
    _create_sessions()
    _create_trials()
    _create_reports()


def _create_users() -> None:
    op.create_table(
        "console_users",
        sa.Column("user_id", sa.Uuid(), primary_key=True),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "name_key", "display_name", "role")
        ),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("password_hash", "oidc_subject", "language")
        ),
        sa.Column("look", sa.Text(), nullable=False, server_default=sa.text("'auto'")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Index("uq_console_users_name_key", "name_key", unique=True),
        sa.Index(
            "uq_console_users_oidc_subject",
            "oidc_subject",
            unique=True,
            postgresql_where=sa.text("oidc_subject IS NOT NULL"),
        ),
    )


def _create_sessions() -> None:
    op.create_table(
        "console_sessions",
        sa.Column("session_id", sa.Uuid(), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "seen_at", "expires_at")
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["console_users.user_id"],
            name="fk_console_sessions_user_id_console_users",
        ),
        sa.Index("uq_console_sessions_token_hash", "token_hash", unique=True),
        sa.Index("ix_console_sessions_user_id", "user_id", "expires_at"),
    )


def _create_trials() -> None:
    op.create_table(
        "console_trials",
        sa.Column("trial_key", sa.LargeBinary(), primary_key=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("last_at", "locked_until")
        ),
        sa.Index("ix_console_trials_last_at", "last_at"),
    )


def _create_reports() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("schedule_id", sa.Uuid(), primary_key=True),
        *_what_is_made(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("span", "rhythm")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("on_day", "at_hour")),
        sa.Column("made_by", sa.Text(), nullable=False),
        *(_instant(name) for name in ("created_at", "next_at")),
        _instant("paused_at", nullable=True),
        sa.Index(
            "ix_report_schedules_next_at", "next_at", postgresql_where=sa.text("paused_at IS NULL")
        ),
    )
    op.create_table(
        "reports",
        sa.Column("report_id", sa.Uuid(), primary_key=True),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        _instant("due_at", nullable=True),
        *_what_is_made(),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        sa.Column("asked_by", sa.Text(), nullable=False),
        _instant("asked_at"),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'waiting'")),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
            for name in ("progress", "attempts")
        ),
        *(_instant(name, nullable=True) for name in ("lease_until", "finished_at")),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Index("uq_reports_schedule_id_due_at", "schedule_id", "due_at", unique=True),
        sa.Index(
            "ix_reports_undone",
            "report_id",
            postgresql_where=sa.text("state IN ('waiting', 'making')"),
        ),
    )
    op.create_table(
        "report_files",
        sa.Column("report_id", sa.Uuid(), primary_key=True),
        sa.Column("format", sa.Text(), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.report_id"],
            name="fk_report_files_report_id_reports",
            ondelete="CASCADE",
        ),
    )


def _what_is_made() -> list[sa.Column[Any]]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("audience", "language")),
        sa.Column("formats", JSONB(), nullable=False),
    ]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
