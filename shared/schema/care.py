"""Tables that services/feedback owns: who is cared for and how, and what is to be done for whom."""

from typing import Final

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from shared.schema.metadata import (
    ROOM_FOR_UPDATES,
    blob,
    document,
    instant,
    metadata,
    number,
    uuid,
    words,
)

_UNDONE: Final = sql("state IN ('open', 'claimed')")

playbooks = Table(
    "playbooks",
    metadata,
    words("playbook_key", key=True),
    # draft, live, paused, ended
    words("state", default="'draft'"),
    number("version", default="1"),
    document("document"),
    # what happened before it went live (again) is no occasion
    instant("live_since", null=True),
    instant("created_at"),
    instant("updated_at"),
)

playbook_runs = Table(
    "playbook_runs",
    metadata,
    # how far a pass over the people of one occasion has come; a stream has one row for ever
    words("playbook_key", key=True),
    words("occasion", key=True),
    words("cursor", null=True),
    # made, and held back by reason
    document("counts", default="'{}'"),
    # why it stopped before its end
    document("note", null=True),
    instant("started_at"),
    instant("looked_at"),
    instant("finished_at", null=True),
    Index("ix_playbook_runs_started_at", "playbook_key", "started_at"),
)

tasks = Table(
    "tasks",
    metadata,
    uuid("task_id", key=True),
    # names playbook, occasion and customer: whoever finds the task to do again makes none
    words("once_key"),
    words("playbook_key", null=True),
    number("playbook_version", null=True),
    words("customer_id"),
    uuid("profile_id", null=True),
    words("kind"),
    # service, marketing
    words("purpose", default="'service'"),
    words("channel"),
    document("title"),
    # the name is put in when it is read: no name is stored here
    document("message", null=True),
    document("details", default="'{}'"),
    # {"programme", "tier", "lifecycle"} when it was made
    document("segment_at", null=True),
    # 1 first, 5 last
    number("priority", default="3"),
    # open, claimed, done, cancelled, expired
    words("state", default="'open'"),
    words("owner", null=True),
    words("queue", null=True),
    # planned when it was made, and what it took; minor units
    number("cost", null=True),
    number("actual_cost", null=True),
    words("currency", null=True),
    instant("created_at"),
    instant("due_at"),
    instant("expires_at"),
    instant("claimed_at", null=True),
    instant("closed_at", null=True),
    words("closed_by", null=True),
    words("outcome", null=True),
    words("note", null=True),
    # of the completion as it came: another one is a conflict
    blob("completion", null=True),
    uuid("interaction_id", null=True),
    Index("uq_tasks_once_key", "once_key", unique=True),
    Index("ix_tasks_state", "state", "due_at", "priority", "task_id"),
    *(
        Index(
            f"ix_tasks_{name}",
            name,
            "due_at",
            "priority",
            "task_id",
            postgresql_where=sql(f"{name} IS NOT NULL"),
        )
        for name in ("owner", "queue")
    ),
    Index("ix_tasks_customer_id", "customer_id", "due_at", "priority", "task_id"),
    Index("ix_tasks_profile_id", "profile_id", "created_at"),
    Index("ix_tasks_playbook_key", "playbook_key", "created_at"),
    # a time line reads from its end
    Index(
        "ix_tasks_closed_at",
        "customer_id",
        "closed_at",
        "task_id",
        postgresql_where=sql("state = 'done'"),
    ),
    Index("ix_tasks_expires_at", "expires_at", postgresql_where=_UNDONE),
    postgresql_with=ROOM_FOR_UPDATES,
)
