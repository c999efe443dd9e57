"""Ask customers: surveys, invitations, answers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Put surveys with versions, invitations and answers in place of the empty placeholder."""
    op.drop_table("surveys")
    op.create_table(
        "surveys",
        sa.Column("survey_key", sa.Text(), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "survey_versions",
        sa.Column("survey_key", sa.Text(), primary_key=True),
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    _add_invitations()
    _add_responses()


def _add_invitations() -> None:
    op.create_table(
        "survey_invitations",
        sa.Column("invitation_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("survey_key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("tier_held", JSONB(), nullable=True),
        sa.Column("is_tier_known", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved", JSONB(), nullable=True),
        sa.Index("ix_survey_invitations_customer_id", "customer_id", "invitation_id"),
        sa.Index("ix_survey_invitations_survey_key", "survey_key", "invitation_id"),
        sa.Index(
            "uq_survey_invitations_open",
            "survey_key",
            "profile_id",
            unique=True,
            postgresql_where=sa.text("is_open"),
        ),
    )


def _add_responses() -> None:
    op.create_table(
        "survey_responses",
        sa.Column("response_id", sa.Uuid(), primary_key=True, autoincrement=False),
        sa.Column("survey_key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("texts", JSONB(), nullable=False, server_default="{}"),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tier_invited", JSONB(), nullable=True),
        sa.Column("tier_held", JSONB(), nullable=True),
        sa.Column("is_tier_known", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_survey_responses_survey_key", "survey_key", "response_id"),
        sa.Index("ix_survey_responses_customer_id", "customer_id", "response_id"),
        sa.Index("uq_survey_responses_invitation_id", "invitation_id", unique=True),
    )
