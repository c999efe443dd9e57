"""Everything that happened with one customer, from the tables of all owners, newest first.

Every source gives its newest rows before a place on, so a long life costs no more than a short
one; what is rare in a life (tiers, uses of benefits, cases, surveys) is read whole and sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.contacts.entry import Entry
from services.feedback.domain.contacts.place import Place

_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_FIRST: Final[Mapping[str, UUID | bytes | str]] = {"uuid": UUID(int=0), "bytea": b"", "text": ""}
_LAST: Final[Mapping[str, UUID | bytes | str]] = {
    "uuid": UUID(int=2**128 - 1),
    "bytea": b"\xff" * 33,
    "text": "~",
}
#: `id` as the text that an entry is known by.
_SHOWN: Final = {"uuid": "x.id::text", "bytea": "encode(x.id, 'hex')", "text": "x.id"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where one kind of entry comes from: a FROM item, its columns, and what is told of a row."""

    table: str
    at: str
    id: str
    details: str
    where: str = "true"
    id_type: str = "uuid"
    #: customer_id, or a column that holds a profile
    owner: str = "customer_id"


def _told(**columns: str) -> str:
    pairs = ", ".join(f"'{name}', {column}" for name, column in columns.items())
    return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"


def _same(*columns: str) -> dict[str, str]:
    return {name: f"r.{name}" for name in columns}


_CASES: Final = """
(SELECT c.customer_id, c.kind AS case_kind, e.* FROM cases c JOIN case_events e USING (case_id))
"""
# Undone, a merge is told a second time: that the two are two again.
_MERGES: Final = """
(SELECT winner_id, loser_id, coalesce(merge_id, loser_id) AS merge_id, reason, linked_at AS at,
    false AS is_undone FROM identity_links
UNION ALL
SELECT winner_id, loser_id, coalesce(merge_id, loser_id), reason, undone_at, true
FROM identity_links WHERE undone_at IS NOT NULL)
"""
# What came back: without lines all that was left of the sale.
_RETURNED: Final = """
(SELECT sum((line ->> 4)::bigint) FROM jsonb_array_elements(
    CASE jsonb_typeof(r.body -> 'lines') WHEN 'array' THEN r.body -> 'lines' END) AS line)
"""
_POINTS: Final = _told(
    programme="r.programme_key", happening="r.kind", points="r.points", expires_at="r.expires_at"
)
SOURCES: Final[Mapping[str, Source]] = {
    "benefit": Source(
        "benefit_usage",
        "used_at",
        "usage_id",
        _told(
            programme="r.programme_key",
            benefit="r.benefit_key",
            tier="r.tier_key",
            **_same("quantity", "reference", "cancelled_at"),
        ),
        owner="profile_id",
    ),
    "case": Source(
        _CASES,
        "at",
        "case_event_id",
        _told(happening="r.kind", **_same("case_id", "case_kind", "actor", "details")),
    ),
    "experiment": Source(
        "exposures",
        "exposed_at",
        "md5(r.unit || r.experiment_key)",
        _told(experiment="r.experiment_key", arm="r.arm"),
        id_type="text",
    ),
    "feedback": Source(
        "feedback",
        "occurred_at",
        "feedback_id",
        _told(
            said="r.kind",
            tier="r.tier_held #>> '{tier,key}'",
            **_same("channel", "rating", "text", "language", "order_id", "offer_key", "answer"),
        ),
    ),
    "interaction": Source(
        "interactions",
        "at",
        "interaction_id",
        _told(
            contact="r.kind",
            **_same(
                "direction",
                "channel",
                "subject",
                "note",
                "agent",
                "outcome",
                "duration_s",
                "case_id",
                "task_id",
                "cost",
                "currency",
            ),
        ),
    ),
    "merge": Source(
        _MERGES,
        "at",
        "merge_id",
        _told(
            other="(SELECT customer_id FROM customers WHERE profile_id = r.loser_id)",
            **_same("reason", "is_undone"),
        ),
        owner="winner_id",
    ),
    "offer": Source(
        "offer_responses",
        "at",
        "response_id",
        _told(
            offer="r.offer_key",
            name="(SELECT o.document -> 'name' FROM offers o WHERE o.offer_key = r.offer_key)",
            tier="r.tier_key",
            **_same("answer", "sending", "lifecycle", "feedback_id"),
        ),
    ),
    "points": Source(
        "points_entries",
        "at",
        "entry_id",
        _POINTS,
        where="r.kind <> 'earned' AND NOT r.is_withdrawn",
        owner="profile_id",
    ),
    "points_earned": Source(
        "points_entries",
        "at",
        "entry_id",
        _POINTS,
        where="r.kind = 'earned' AND NOT r.is_withdrawn",
        owner="profile_id",
    ),
    "purchase": Source(
        "orders",
        "effective_at",
        "order_key",
        _told(
            returned="nullif(r.returned_net, 0)", **_same("net", "channel", "store_id", "is_void")
        ),
        id_type="bytea",
        owner="profile_id",
    ),
    "return": Source(
        "events",
        "effective_at",
        "event_key",
        _told(
            happening="r.kind",
            net=_RETURNED,
            sale="encode(r.order_key, 'hex')",
            store_id="r.store_id",
        ),
        where="r.kind IN ('return', 'void')",
        id_type="bytea",
        owner="profile_id",
    ),
    "survey": Source(
        "survey_responses",
        "answered_at",
        "response_id",
        _told(survey="r.survey_key", **_same("answers", "texts")),
    ),
    "task": Source(
        "tasks",
        "closed_at",
        "task_id",
        _told(
            task="r.kind",
            playbook="r.playbook_key",
            **_same("title", "channel", "owner", "outcome", "note", "interaction_id"),
        ),
        where="r.state = 'done'",
    ),
    "tier": Source(
        "tier_history",
        "business_instant",
        "history_id",
        _told(
            programme="r.programme_key",
            **{"from": "r.tier_from", "to": "r.tier_to"},
            **_same("reason", "release_id"),
        ),
        where="r.tier_from IS DISTINCT FROM r.tier_to",
        owner="profile_id",
    ),
}
# $1 shop's ids, $2 profiles, $3 before, $4 since, $5 rows; from $6 on a bound of each source.
_BRANCH: Final = """
SELECT x.at, '{kind}' AS kind, {shown} AS id, x.details
FROM unnest({owners}) AS o (owner) CROSS JOIN LATERAL (
    SELECT r.{at} AS at, {id} AS id, {details} AS details FROM {table} AS r
    WHERE r.{owner} = o.owner AND r.{at} <= $3 AND r.{at} >= $4
        AND (r.{at}, {id}) < ($3, ${number}::{id_type}) AND {where}
    ORDER BY r.{at} DESC, {id} DESC LIMIT $5) AS x
"""
# Both lists are named also where no kind asks for one of them.
_NEWEST: Final = """
WHERE $1::text[] IS NOT NULL AND $2::uuid[] IS NOT NULL
ORDER BY at DESC, kind COLLATE "C" DESC, id COLLATE "C" DESC LIMIT $5
"""
_LADDERS: Final = """
SELECT r.release_id, v.document -> 'tiers' AS tiers FROM releases r
JOIN programme_versions v
    ON v.programme_key = r.programme_key AND v.version = r.programme_version
WHERE r.release_id = ANY($1::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of whose life: before a place (None: from the end on), not before `since`."""

    customer_ids: Sequence[str]
    profile_ids: Sequence[UUID]
    before: Place | None
    since: datetime
    limit: int


async def newest_entries(
    connection: asyncpg.Connection | asyncpg.Pool, kinds: Collection[str], span: Span
) -> list[Entry]:
    """List entries of these kinds, newest first."""
    chosen = tuple(kind for kind in SOURCES if kind in kinds)
    rows = await connection.fetch(
        _statement(chosen),
        span.customer_ids,
        span.profile_ids,
        span.before.at if span.before else _END_OF_TIME,
        span.since,
        span.limit,
        *(_bound(kind, span.before) for kind in chosen),
    )
    return [Entry(Place(row["at"], row["kind"], row["id"]), row["details"]) for row in rows]


async def tier_names(
    connection: asyncpg.Connection | asyncpg.Pool, release_ids: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """Give the names of tiers by release and key."""
    rows = await connection.fetch(_LADDERS, list(release_ids))
    return {row["release_id"]: {tier["key"]: tier["name"] for tier in row["tiers"]} for row in rows}


@lru_cache(maxsize=256)
def _statement(kinds: tuple[str, ...]) -> str:
    branches = " UNION ALL ".join(_branch(kind, number) for number, kind in enumerate(kinds, 6))
    return f"SELECT * FROM ({branches}) AS every {_NEWEST}"  # noqa: S608 - our own words


def _branch(kind: str, number: int) -> str:
    source = SOURCES[kind]
    is_customer = source.owner == "customer_id"
    plain = source.id.isidentifier()
    return _BRANCH.format(
        kind=kind,
        shown=_SHOWN[source.id_type],
        owners="$1::text[]" if is_customer else "$2::uuid[]",
        at=source.at,
        id=f"r.{source.id}" if plain else source.id,
        details=source.details,
        table=source.table,
        owner=source.owner,
        number=number,
        id_type=source.id_type,
        where=source.where,
    )


def _bound(kind: str, before: Place | None) -> UUID | bytes | str:
    """Give the id before which a source goes on at the very instant of the place."""
    id_type = SOURCES[kind].id_type
    if before is None or kind < before.kind:
        return _LAST[id_type]
    if kind > before.kind:
        return _FIRST[id_type]
    if id_type == "uuid":
        return before.uuid
    return bytes.fromhex(before.id) if id_type == "bytea" else before.id
