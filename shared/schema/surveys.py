"""Tables that services/feedback owns: what customers are asked, and what they answered."""

from sqlalchemy import Boolean, Column, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import blob, document, instant, metadata, number, uuid, words

surveys = Table(
    "surveys",
    metadata,
    words("survey_key", key=True),
    number("version"),
    # draft, live, closed
    words("state"),
    document("document"),
    instant("created_at"),
    instant("updated_at"),
)

survey_versions = Table(
    "survey_versions",
    metadata,
    # never changed: an answer is read by the version it was given under
    words("survey_key", key=True),
    number("version", key=True),
    document("document"),
    words("actor"),
    instant("created_at"),
)

survey_invitations = Table(
    "survey_invitations",
    metadata,
    uuid("invitation_id", key=True),
    words("survey_key"),
    number("version"),
    uuid("profile_id"),
    words("customer_id"),
    # the tier held when they were asked, as scoring told it; marked when scoring was away
    document("tier_held", null=True),
    Column("is_tier_known", Boolean, nullable=False, server_default=sql("false")),
    # false once answered, expired and replaced, or erased: one open invitation a person
    Column("is_open", Boolean, nullable=False, server_default=sql("true")),
    instant("invited_at"),
    instant("expires_at"),
    # of an anonymous survey the day alone, so that nobody's answer is found by its instant
    instant("opened_at", null=True),
    instant("saved_at", null=True),
    instant("answered_at", null=True),
    # answers saved on the way; gone once they are given
    document("saved", null=True),
    Index("ix_survey_invitations_customer_id", "customer_id", "invitation_id"),
    Index("ix_survey_invitations_survey_key", "survey_key", "invitation_id"),
    Index(
        "uq_survey_invitations_open",
        "survey_key",
        "profile_id",
        unique=True,
        postgresql_where=sql("is_open"),
    ),
)

survey_responses = Table(
    "survey_responses",
    metadata,
    uuid("response_id", key=True),
    words("survey_key"),
    number("version"),
    # both absent in anonymous surveys
    uuid("invitation_id", null=True),
    words("customer_id", null=True),
    # ratings, options, yes and no by question; texts and dates lie apart: an erasure empties them
    document("answers"),
    document("texts", default="'{}'"),
    words("language", null=True),
    # held when they were asked, and when they answered
    document("tier_invited", null=True),
    document("tier_held", null=True),
    Column("is_tier_known", Boolean, nullable=False, server_default=sql("false")),
    # of the answers as they came: the same ones again are a duplicate, others a conflict
    blob("fingerprint"),
    instant("answered_at"),
    Index("ix_survey_responses_survey_key", "survey_key", "response_id"),
    Index("ix_survey_responses_customer_id", "customer_id", "response_id"),
    Index("uq_survey_responses_invitation_id", "invitation_id", unique=True),
)
