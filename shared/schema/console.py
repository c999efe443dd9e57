"""Tables that services/console owns: its users, where they are signed in, tries that failed.

They name the shop's staff, never a customer: neither the privacy export nor erasures touch them.
"""

from sqlalchemy import ForeignKeyConstraint, Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import blob, instant, metadata, number, uuid, words

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
