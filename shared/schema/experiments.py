"""Tables that services/feedback owns: who was held out of what."""

from sqlalchemy import Table

from shared.schema.metadata import document, instant, metadata, words

experiments = Table(
    "experiments",
    metadata,
    words("experiment_key", key=True),
    document("document"),
    instant("created_at"),
)

exposures = Table(
    "exposures",
    metadata,
    words("customer_id", key=True),
    words("experiment_key", key=True),
    words("arm"),
    instant("at"),
)
