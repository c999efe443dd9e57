"""Hold some out, and see what it changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Replace placeholders that no release filled."""
    op.drop_table("exposures")
    op.drop_table("experiments")
    _create_experiments()
    op.create_table(
        "exposures",
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("experiment_key", sa.Text(), primary_key=True),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("exposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_exposures_experiment_key", "experiment_key", "unit"),
        sa.Index(
            "ix_exposures_customer_id",
            "customer_id",
            postgresql_where=sa.text("customer_id IS NOT NULL"),
        ),
    )


def _create_experiments() -> None:
    op.create_table(
        "experiments",
        sa.Column("experiment_key", sa.Text(), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'draft'")),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_key", sa.Text(), nullable=False),
        sa.Column("about_programme", sa.Text(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("audience_size", sa.BigInteger(), nullable=True),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("started_at", "ended_at", "shares_since")
        ),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.Index(
            "uq_experiments_running",
            "about_kind",
            "about_key",
            sa.text("coalesce(about_programme, '')"),
            unique=True,
            postgresql_where=sa.text("state = 'running' AND about_kind <> 'other'"),
        ),
    )
