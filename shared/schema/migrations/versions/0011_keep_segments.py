"""Keep segments, and what they are decided from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SUMS = ("spend", "margin", "quantity")
_COUNTS = (
    "orders", "days", "returns", "views", "carts", "searches", "checkouts", "social", "referrals",
    "feedback", "complaints",
)  # fmt: skip
_WINDOWS = (0, 7, 30, 60, 90, 180, 365)
_LASTS = (
    "orders", "returns", "searches", "carts", "checkouts", "social", "referrals", "feedback",
)  # fmt: skip
_ROOM = {"fillfactor": "80"}


def upgrade() -> None:
    """Add what segments need; nobody kept one before."""
    op.add_column("segments", sa.Column("purpose", sa.Text(), nullable=True))
    op.add_column(
        "segments", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1")
    )
    op.add_column(
        "segments", sa.Column("is_settled", sa.Boolean(), nullable=False, server_default="false")
    )
    op.add_column("segments", sa.Column("deleted_at", _instant(), nullable=True))
    op.create_index("ix_segment_members_segment", "segment_members", ["segment_key", "profile_id"])
    _create_checks()
    _create_sheets()
    _create_standings()


def _create_checks() -> None:
    op.create_table(
        "segment_checks",
        _profile(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("control_version", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("definitions", sa.BigInteger(), nullable=False),
        sa.Column("releases", sa.LargeBinary(), nullable=False),
        sa.Column("fresh_until", _instant(), nullable=False),
        sa.Column("segment_keys", sa.ARRAY(sa.Text()), nullable=False),
        postgresql_with=_ROOM,
    )
    op.create_table(
        "segment_cuts",
        sa.Column("measure", sa.Text(), primary_key=True),
        sa.Column("release_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("cut", sa.Float(), nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", _instant(), nullable=False),
    )


def _create_sheets() -> None:
    op.create_table(
        "customer_sheets",
        _profile(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("is_masked", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("consent_service", sa.Boolean(), nullable=True),
        sa.Column("consent_personalisation", sa.Boolean(), nullable=True),
        sa.Column("consent_marketing", sa.Boolean(), nullable=True),
        sa.Column("lifecycle", sa.Text(), nullable=True),
        sa.Column("lifecycle_since", sa.Date(), nullable=True),
        sa.Column("lifecycle_until", sa.Date(), nullable=True),
        *(sa.Column(f"last_{name}", sa.Date(), nullable=True) for name in _LASTS),
        *_windows(_SUMS, sa.BigInteger()),
        *_windows(_COUNTS, sa.Integer()),
        sa.Column("categories_0", sa.Integer(), nullable=True),
        sa.Column("attributes", JSONB(), nullable=True),
        postgresql_with=_ROOM,
    )


def _windows(names: Sequence[str], kind: sa.types.TypeEngine[int]) -> list[sa.Column[int]]:
    return [sa.Column(f"{name}_{days}", kind, nullable=True) for name in names for days in _WINDOWS]


def _create_standings() -> None:
    op.create_table(
        "customer_standings",
        _profile(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("control_version", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("releases", sa.LargeBinary(), nullable=False),
        sa.Column("fresh_until", _instant(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("tiers", JSONB(), nullable=False),
        postgresql_with=_ROOM,
    )


def _profile() -> sa.Column[object]:
    return sa.Column("profile_id", sa.Uuid(), primary_key=True, autoincrement=False)


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)
