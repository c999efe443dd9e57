"""Tables that services/feedback owns: what is to be done for whom."""

from sqlalchemy import Table

from shared.schema.metadata import document, instant, metadata, uuid, words

playbooks = Table(
    "playbooks",
    metadata,
    words("playbook_key", key=True),
    document("document"),
    instant("created_at"),
)

tasks = Table(
    "tasks",
    metadata,
    uuid("task_id", key=True),
    words("playbook_key", null=True),
    words("customer_id"),
    words("state"),
    words("owner", null=True),
    document("details", default="'{}'"),
    instant("due_at"),
    instant("completed_at", null=True),
)
