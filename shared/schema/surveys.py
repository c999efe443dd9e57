"""Tables that services/feedback owns: what customers are asked."""

from sqlalchemy import Table

from shared.schema.metadata import document, instant, metadata, words

surveys = Table(
    "surveys",
    metadata,
    words("survey_key", key=True),
    document("document"),
    instant("created_at"),
)
