"""Tables that services/feedback owns: who was held out of what."""

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import document, instant, metadata, number, uuid, words

experiments = Table(
    "experiments",
    metadata,
    words("experiment_key", key=True),
    number("version", default="1"),
    words("state", default="'draft'"),
    document("document"),
    # what it is about, taken from the document: scoring and playbooks look it up by that
    words("about_kind"),
    words("about_key"),
    words("about_programme", null=True),
    # drawn at the start, so that nobody can choose a key that puts somebody into an arm
    words("salt", null=True),
    # how many it can meet, counted at the start; a sequential interval is tuned to it
    number("audience_size", null=True),
    instant("started_at", null=True),
    instant("ended_at", null=True),
    # since when the shares are what they are: those met before were drawn by others
    instant("shares_since", null=True),
    instant("created_at"),
    instant("updated_at"),
    # two running experiments about one thing would hold each other's treatments out
    Index(
        "uq_experiments_running",
        "about_kind",
        "about_key",
        sql("coalesce(about_programme, '')"),
        unique=True,
        postgresql_where=sql("state = 'running' AND about_kind <> 'other'"),
    ),
)

# Who met an experiment first when, and in which arm then: what the result goes by.
exposures = Table(
    "exposures",
    metadata,
    # the profile's id as text, for somebody unknown the customer_id: what the arm is drawn from
    words("unit", key=True),
    words("experiment_key", key=True),
    uuid("profile_id", null=True),
    words("customer_id", null=True),
    words("arm"),
    instant("exposed_at"),
    Index("ix_exposures_experiment_key", "experiment_key", "unit"),
    Index(
        "ix_exposures_customer_id", "customer_id", postgresql_where=sql("customer_id IS NOT NULL")
    ),
)
