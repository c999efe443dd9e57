"""Tables that services/feedback owns: what reviews of programmes found, and what became of it."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table
from sqlalchemy import text as sql

from shared.schema.metadata import day, document, instant, metadata, number, uuid, words

_UNDONE: Final = sql("finished_at IS NULL")

reviews = Table(
    "reviews",
    metadata,
    uuid("review_id", key=True),
    # 2026-Q3
    words("quarter"),
    day("first_day"),
    day("last_day"),
    # quarter/2026-Q3 for the one that comes by itself; null when somebody asked for it
    words("occasion", null=True),
    words("asked_by"),
    instant("asked_at"),
    instant("finished_at", null=True),
    # [{"programme", "programme_version", "release", "model_version"}] it looked at
    document("versions", default="'[]'"),
    # what there was too little of to judge by
    document("too_few", default="'[]'"),
    Index("uq_reviews_occasion", "occasion", unique=True),
    Index("ix_reviews_undone", "review_id", postgresql_where=_UNDONE),
)

review_findings = Table(
    "review_findings",
    metadata,
    uuid("review_id", key=True),
    uuid("finding_id", key=True),
    Column("place", Integer, nullable=False),
    words("code"),
    words("programme_key", null=True),
    words("tier_key", null=True),
    # a benefit, a playbook, an experiment, a kind of answer
    words("subject", null=True),
    document("figures"),
    document("words"),
    document("suggestion"),
    words("link", null=True),
    # open, accepted, rejected
    words("state", default="'open'"),
    words("owner", null=True),
    words("note", default="''"),
    # counts changes; If-Match names it
    number("version", default="1"),
    words("changed_by", null=True),
    instant("changed_at", null=True),
)
