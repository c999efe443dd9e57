"""Tables that services/scoring owns: the use of benefits, and points."""

from sqlalchemy import Boolean, Column, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import instant, metadata, number, uuid, words

benefit_usage = Table(
    "benefit_usage",
    metadata,
    # what was redeemed; a cancelled one stays and counts for nothing
    uuid("profile_id", key=True),
    uuid("usage_id", key=True),
    words("programme_key"),
    words("benefit_key"),
    instant("used_at"),
    number("quantity"),
    words("tier_key", default="''"),
    # what the shop calls it: a receipt, an order
    words("reference", null=True),
    words("actor", default="''"),
    instant("cancelled_at", null=True),
)

points_commands = Table(
    "points_commands",
    metadata,
    # what people asked for: redeem, cancel, adjust. What is earned follows from the facts.
    uuid("profile_id", key=True),
    uuid("command_id", key=True),
    words("programme_key"),
    words("kind"),
    number("points"),
    instant("at"),
    words("reference", null=True),
    words("reason", default="''"),
    words("actor", default="''"),
    # the redemption that is taken back
    uuid("cancels", null=True),
    Index("uq_points_commands_cancels", "cancels", unique=True),
)

points_entries = Table(
    "points_entries",
    metadata,
    # derived: every change of a balance, replayed from facts, commands and the clock
    uuid("profile_id", key=True),
    words("programme_key", key=True),
    uuid("entry_id", key=True),
    words("kind"),
    number("points"),
    instant("at"),
    instant("expires_at", null=True),
    words("source"),
    # it no longer follows from the facts; kept, so that nothing is announced twice
    Column("is_withdrawn", Boolean, nullable=False, server_default=sql("false")),
    # what was redeemed or lost; a purchase that earned is a purchase
    Index("ix_points_entries_at", "profile_id", "at", postgresql_where=sql("kind <> 'earned'")),
)

points_wallets = Table(
    "points_wallets",
    metadata,
    # what the entries were last derived from, and when the clock changes them
    uuid("profile_id", key=True),
    words("programme_key", key=True),
    number("release_id"),
    number("decided_version"),
    number("decided_control_version"),
    number("balance"),
    instant("next_change_at", null=True),
    Index("ix_points_wallets_next_change_at", "next_change_at"),
)
