"""Keep who may use the console, and what is made for them by schedule."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables of the console."""
    _create_users()
    _create_sessions()
    _create_trials()


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
