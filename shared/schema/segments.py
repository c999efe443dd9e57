"""Tables that services/scoring owns: segments, who is in them, and what they are decided from."""

from typing import Final

from sqlalchemy import ARRAY, Boolean, Column, Float, Index, Integer, Table, Text
from sqlalchemy import text as sql

from shared.schema.metadata import (
    ROOM_FOR_UPDATES,
    blob,
    day,
    document,
    instant,
    metadata,
    number,
    uuid,
    words,
)

#: Sums a sheet holds for each of its windows: money in minor units, quantity in thousandths.
SHEET_SUMS: Final = ("spend", "margin", "quantity")
#: Counts it holds for each of its windows.
SHEET_COUNTS: Final = (
    "orders", "days", "returns", "views", "carts", "searches", "checkouts", "social", "referrals",
    "feedback", "complaints",
)  # fmt: skip
#: Its windows in days up to its business date; 0: all of them.
SHEET_WINDOWS: Final = (0, 7, 30, 60, 90, 180, 365)
#: Counts of which it holds the last date.
SHEET_LASTS: Final = (
    "orders", "returns", "searches", "carts", "checkouts", "social", "referrals", "feedback",
)  # fmt: skip

segments = Table(
    "segments",
    metadata,
    words("segment_key", key=True),
    document("name"),
    document("condition"),
    # what it is used for: 'marketing' leaves out those who withdrew that consent
    words("purpose", null=True),
    # counts changes, the deletion too; their sum names the definitions a check has seen
    number("version", default="1"),
    # everybody was checked once since it was written: from then on who enters or leaves is told
    Column("is_settled", Boolean, nullable=False, server_default=sql("false")),
    instant("created_at"),
    instant("updated_at"),
    instant("deleted_at", null=True),
)

segment_members = Table(
    "segment_members",
    metadata,
    uuid("profile_id", key=True),
    words("segment_key", key=True),
    instant("entered_at"),
    number("decided_version"),
    Index("ix_segment_members_segment", "segment_key", "profile_id"),
)

segment_checks = Table(
    "segment_checks",
    metadata,
    # what the memberships of a customer were decided on
    uuid("profile_id", key=True),
    number("version"),
    number("control_version"),
    day("business_date"),
    number("definitions"),
    blob("releases"),
    # the next change of a tier that is known of
    instant("fresh_until"),
    Column("segment_keys", ARRAY(Text()), nullable=False),
    postgresql_with=ROOM_FOR_UPDATES,
)

segment_cuts = Table(
    "segment_cuts",
    metadata,
    # the least number that is still among the top, frozen with a release
    words("measure", key=True),
    number("release_id", key=True),
    Column("cut", Float, nullable=False),
    number("population"),
    instant("computed_at"),
)

# An empty window is null: a row of a customer who comes seldom stays short.
customer_sheets = Table(
    "customer_sheets",
    metadata,
    uuid("profile_id", key=True),
    number("version"),
    day("business_date"),
    Column("is_masked", Boolean, nullable=False, server_default=sql("false")),
    *(
        Column(f"consent_{purpose}", Boolean, nullable=True)
        for purpose in ("service", "personalisation", "marketing")
    ),
    words("lifecycle", null=True),
    day("lifecycle_since", null=True),
    day("lifecycle_until", null=True),
    *(day(f"last_{name}", null=True) for name in SHEET_LASTS),
    *(number(f"{name}_{days}", null=True) for name in SHEET_SUMS for days in SHEET_WINDOWS),
    *(
        Column(f"{name}_{days}", Integer, nullable=True)
        for name in SHEET_COUNTS
        for days in SHEET_WINDOWS
    ),
    Column("categories_0", Integer, nullable=True),
    # only of those into whom others were merged: all of their attributes
    document("attributes", null=True),
    postgresql_with=ROOM_FOR_UPDATES,
)

customer_standings = Table(
    "customer_standings",
    metadata,
    # tier_current of every live release in short: its rows are wide, and answers are in them
    uuid("profile_id", key=True),
    number("version"),
    number("control_version"),
    day("business_date"),
    blob("releases"),
    instant("fresh_until"),
    Column("score", Float, nullable=True),
    # {programme: [tier key, since]}
    document("tiers"),
    postgresql_with=ROOM_FOR_UPDATES,
)
