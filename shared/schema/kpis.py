"""Tables that services/feedback owns: how the shop does, day by day, against its targets."""

from sqlalchemy import Column, Float, Table

from shared.schema.metadata import day, document, instant, metadata, number, words

kpi_targets = Table(
    "kpi_targets",
    metadata,
    words("kpi_key", key=True),
    words("slice", key=True),
    # 2026, 2026-Q4, 2026-11, 2026-W47 or 2026-11-21
    words("period", key=True),
    Column("value", Float, nullable=False),
    words("owner"),
    words("note", default="''"),
    # counts changes; If-Match names it
    number("version", default="1"),
    words("changed_by"),
    instant("updated_at"),
)

kpi_daily = Table(
    "kpi_daily",
    metadata,
    words("kpi_key", key=True),
    # all, tier:<programme>:<tier>, programme:<programme>, channel:<channel>,
    # move:<programme>:<from>:<to>
    words("slice", key=True),
    day("business_date", key=True),
    number("numerator"),
    number("denominator"),
    # of a median: {"<value>": how many}; adds up over days
    document("histogram", null=True),
)

kpi_days = Table(
    "kpi_days",
    metadata,
    # what the facts of a date were when it was rolled up: another print says that they changed
    day("business_date", key=True),
    number("fingerprint"),
    instant("rolled_up_at"),
)
