"""Tables that services/scoring owns: the whole base in short, counted beforehand for overviews."""

from sqlalchemy import Table

from shared.schema.metadata import day, document, instant, metadata, number, words

tier_counts = Table(
    "tier_counts",
    metadata,
    # who held which tier of a live programme: of today as last counted, of a past date at its end
    words("programme_key", key=True),
    day("business_date", key=True),
    words("tier_key", key=True),
    # empty where a past date was counted from the timeline, which tells no stage
    words("lifecycle", key=True),
    number("customers"),
    # minor units, by the default value programme's model; null where none was in force
    number("expected", null=True),
    instant("counted_at"),
)

tier_flows = Table(
    "tier_flows",
    metadata,
    # from the end of the date `days` before to the end of the date
    words("programme_key", key=True),
    day("business_date", key=True),
    number("days", key=True),
    # empty: had no tier yet
    words("tier_from", key=True),
    words("tier_to", key=True),
    number("customers"),
    instant("counted_at"),
)

tier_steadiness = Table(
    "tier_steadiness",
    metadata,
    # up to the beginning of the date: whose tier moved by itself, who fell and soon rose again
    words("programme_key", key=True),
    day("business_date", key=True),
    # whose tiers were looked at: another release's are counted anew
    number("release_id"),
    instant("started_at"),
    instant("ended_at"),
    number("within_days"),
    number("customers"),
    number("moved"),
    number("moves"),
    number("flapped"),
)

value_concentration = Table(
    "value_concentration",
    metadata,
    day("business_date", key=True),
    words("programme_key"),
    document("document"),
    instant("counted_at"),
)
