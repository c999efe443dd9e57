"""Tables that services/feedback owns: how the shop does, day by day, against its targets."""

from sqlalchemy import Table

from shared.schema.metadata import day, document, instant, metadata, number, words

kpi_targets = Table(
    "kpi_targets",
    metadata,
    words("kpi_key", key=True),
    words("owner"),
    document("target"),
    instant("updated_at"),
)

kpi_daily = Table(
    "kpi_daily",
    metadata,
    day("business_date", key=True),
    words("kpi_key", key=True),
    words("slice", key=True),
    number("numerator"),
    number("denominator"),
)
