"""Tables that services/console owns: its users, their sessions and failed tries, their reports.

They name the shop's staff, never a customer: neither the privacy export nor erasures touch them.
"""

from sqlalchemy import ForeignKeyConstraint, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import blob, day, document, instant, metadata, number, uuid, words

console_users = Table(
    "console_users",
    metadata,
    uuid("user_id", key=True),
    words("name"),
    # the name as it is compared: NFKC, case folded
    words("name_key"),
    words("display_name"),
    words("role"),
    # argon2id with its parameters; null where a provider vouches
    words("password_hash", null=True),
    # issuer and subject of the provider
    words("oidc_subject", null=True),
    words("language", null=True),
    words("look", default="'auto'"),
    instant("created_at"),
    instant("disabled_at", null=True),
    Index("uq_console_users_name_key", "name_key", unique=True),
    Index(
        "uq_console_users_oidc_subject",
        "oidc_subject",
        unique=True,
        postgresql_where=sql("oidc_subject IS NOT NULL"),
    ),
)

console_sessions = Table(
    "console_sessions",
    metadata,
    uuid("session_id", key=True),
    # SHA-256: who reads this table cannot sign in with it
    blob("token_hash"),
    uuid("user_id"),
    instant("created_at"),
    instant("seen_at"),
    instant("expires_at"),
    instant("ended_at", null=True),
    # from where and with which browser, for the list of one's own sessions
    words("address"),
    words("agent"),
    ForeignKeyConstraint(["user_id"], ["console_users.user_id"]),
    Index("uq_console_sessions_token_hash", "token_hash", unique=True),
    Index("ix_console_sessions_user_id", "user_id", "expires_at"),
)

# Tries to sign in by name and by address, known or not: a name that nobody has waits all the same.
console_trials = Table(
    "console_trials",
    metadata,
    blob("trial_key", key=True),
    number("failures"),
    instant("last_at"),
    instant("locked_until"),
    Index("ix_console_trials_last_at", "last_at"),
)

# What is made when, for whom; hours and days are those of the shop's zone.
report_schedules = Table(
    "report_schedules",
    metadata,
    uuid("schedule_id", key=True),
    words("audience"),
    words("language"),
    # a list of pptx, html, pdf
    document("formats"),
    # which dates it is about: last_week, last_month, last_quarter, last_30_days
    words("span"),
    # daily, weekly, monthly
    words("rhythm"),
    # weekly: 1 is Monday; monthly: a day of the month, its last where it has fewer
    number("on_day"),
    number("at_hour"),
    words("made_by"),
    instant("created_at"),
    instant("next_at"),
    instant("paused_at", null=True),
    Index("ix_report_schedules_next_at", "next_at", postgresql_where=sql("paused_at IS NULL")),
)

reports = Table(
    "reports",
    metadata,
    uuid("report_id", key=True),
    uuid("schedule_id", null=True),
    # of a schedule: at most one report each time it is due
    instant("due_at", null=True),
    words("audience"),
    words("language"),
    document("formats"),
    day("first_day"),
    day("last_day"),
    words("asked_by"),
    instant("asked_at"),
    # waiting, making, done, failed
    words("state", default="'waiting'"),
    # of 100
    number("progress", default="0"),
    number("attempts", default="0"),
    # whoever makes it is given up on then
    instant("lease_until", null=True),
    instant("finished_at", null=True),
    # why it failed, or what is missing in it: a key of the words
    words("remark", null=True),
    Index("uq_reports_schedule_id_due_at", "schedule_id", "due_at", unique=True),
    Index(
        "ix_reports_undone",
        "report_id",
        postgresql_where=sql("state IN ('waiting', 'making')"),
    ),
)

report_files = Table(
    "report_files",
    metadata,
    uuid("report_id", key=True),
    words("format", key=True),
    number("size"),
    blob("content"),
    ForeignKeyConstraint(["report_id"], ["reports.report_id"], ondelete="CASCADE"),
)
