"""Keep the life of models: their gate, their log, a shadow, samples to judge and drift."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SAMPLED = ("raw", "value", "low", "high", "chance")


def upgrade() -> None:
    """Add columns and tables; the models that are live are marked so."""
    op.add_column(
        "models", sa.Column("status", sa.Text(), nullable=False, server_default="candidate")
    )
    op.add_column("models", sa.Column("gate", JSONB(), nullable=True))
    op.get_bind().exec_driver_sql(
        "UPDATE models m SET status = CASE WHEN EXISTS (SELECT FROM live_releases l"
        " JOIN releases r USING (release_id) WHERE r.model_version = m.model_version)"
        " THEN 'live' ELSE 'retired' END"
    )
    op.add_column(
        "evaluations", sa.Column("kind", sa.Text(), nullable=False, server_default="rehearsal")
    )
    op.add_column("evaluations", sa.Column("business_date", sa.Date(), nullable=True))
    op.add_column("evaluations", sa.Column("report", sa.LargeBinary(), nullable=True))
    _add_life()
    _add_samples()


def _add_life() -> None:
    op.create_table(
        "model_log",
        sa.Column("log_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("details", JSONB(), nullable=False, server_default="{}"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_model_log_model_version", "model_version", "at"),
    )
    op.create_table(
        "model_roles",
        sa.Column("role", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def _add_samples() -> None:
    op.create_table(
        "scored_samples",
        sa.Column("profile_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("business_date", sa.Date(), primary_key=True, autoincrement=False),
        sa.Column("role", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in _SAMPLED),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_scored_samples_date", "model_version", "business_date"),
    )
    op.create_table(
        "drift_reports",
        sa.Column("model_version", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("business_date", sa.Date(), primary_key=True, autoincrement=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
    )
