"""Count the use of benefits, and points."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Say who used what; keep what people ask of a wallet, and what it is derived to hold.

    Benefits stand in the versioned documents of programmes; no release ever wrote the table, nor
    an entry of points.
    """
    op.drop_table("benefits")
    op.drop_table("points_entries")
    _extend_usage()
    _add_commands()
    _add_entries()
    _add_wallets()


def _extend_usage() -> None:
    for name in ("tier_key", "actor"):
        op.add_column("benefit_usage", _text(name, server_default=""))
    op.add_column("benefit_usage", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("benefit_usage", _instant("cancelled_at", nullable=True))


def _add_commands() -> None:
    op.create_table(
        "points_commands",
        *_keys("profile_id", "command_id"),
        _text("programme_key"),
        _text("kind"),
        sa.Column("points", sa.BigInteger(), nullable=False),
        _instant("at"),
        sa.Column("reference", sa.Text(), nullable=True),
        _text("reason", server_default=""),
        _text("actor", server_default=""),
        sa.Column("cancels", sa.Uuid(), nullable=True),
        sa.Index("uq_points_commands_cancels", "cancels", unique=True),
    )


def _add_entries() -> None:
    op.create_table(
        "points_entries",
        *_keys("profile_id"),
        sa.Column("programme_key", sa.Text(), primary_key=True, autoincrement=False),
        *_keys("entry_id"),
        _text("kind"),
        sa.Column("points", sa.BigInteger(), nullable=False),
        _instant("at"),
        _instant("expires_at", nullable=True),
        _text("source"),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def _add_wallets() -> None:
    op.create_table(
        "points_wallets",
        *_keys("profile_id"),
        sa.Column("programme_key", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_version", sa.BigInteger(), nullable=False),
        sa.Column("decided_control_version", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        _instant("next_change_at", nullable=True),
        sa.Index("ix_points_wallets_next_change_at", "next_change_at"),
    )


def _keys(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), primary_key=True, autoincrement=False) for name in names]


def _text(name: str, *, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=server_default)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
