"""Tables every service shares: keys, idempotency, outbox, audit, jobs."""

from sqlalchemy import ARRAY, Column, Float, Index, Table, Text
from sqlalchemy import text as sql

from shared.schema.metadata import blob, document, instant, metadata, number, uuid, words

api_keys = Table(
    "api_keys",
    metadata,
    blob("key_hash", key=True),
    uuid("key_id"),
    words("name"),
    words("kind"),
    Column("scopes", ARRAY(Text()), nullable=False),
    words("source_id"),
    instant("created_at"),
    instant("revoked_at", null=True),
    Index("uq_api_keys_key_id", "key_id", unique=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    uuid("key_id", key=True),
    words("route", key=True),
    words("key", key=True),
    blob("fingerprint"),
    words("status"),
    document("response", null=True),
    instant("created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    uuid("outbox_id", key=True),
    words("topic"),
    document("payload"),
    instant("created_at"),
    instant("due_at"),
    number("attempts", default="0"),
    instant("done_at", null=True),
    words("last_error", null=True),
    Index("ix_outbox_due", "topic", "due_at", postgresql_where=sql("done_at IS NULL")),
)

_BY_PEOPLE = sql("action <> 'order.corrected'")
audit_log = Table(
    "audit_log",
    metadata,
    uuid("audit_id", key=True),
    instant("at"),
    words("actor"),
    words("action"),
    words("subject"),
    document("details", default="'{}'"),
    # What people did, newest first: the system's own notes of orders would drown it.
    Index("ix_audit_log_at", "at", "audit_id", postgresql_where=_BY_PEOPLE),
    Index("ix_audit_log_actor", "actor", "at", "audit_id"),
    Index("ix_audit_log_action", "action", "at", "audit_id"),
    Index("ix_audit_log_subject", "subject", "at", "audit_id"),
)

jobs = Table(
    "jobs",
    metadata,
    uuid("job_id", key=True),
    words("kind"),
    words("status"),
    document("arguments", default="'{}'"),
    Column("progress", Float, nullable=False, server_default=sql("0")),
    words("message", default="''"),
    document("result", null=True),
    number("attempts", default="0"),
    instant("created_at"),
    instant("started_at", null=True),
    instant("heartbeat_at", null=True),
    instant("finished_at", null=True),
    Index("ix_jobs_open", "kind", "created_at", postgresql_where=sql("finished_at IS NULL")),
    Index("ix_jobs_failed", "finished_at", "kind", postgresql_where=sql("status = 'failed'")),
)
