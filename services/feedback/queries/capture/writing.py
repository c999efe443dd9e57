"""Store feedback and the events it becomes: one statement, however many pieces."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Arrival, Said

#: The columns of `feedback` in the order of the arrays, and their types.
_TYPES: Final[Mapping[str, str]] = {
    "feedback_id": "uuid",
    "event_key": "bytea",
    "fingerprint": "bytea",
    "customer_id": "text",
    "kind": "text",
    "channel": "text",
    "rating": "integer",
    "text": "text",
    "language": "text",
    "order_id": "text",
    "session_id": "text",
    "tier_held": "jsonb",
    "is_tier_known": "boolean",
    "properties": "jsonb",
    "occurred_at": "timestamptz",
    "received_at": "timestamptz",
    "offer_key": "text",
    "answer": "text",
    "tier_added_at": "timestamptz",
}
_COLUMNS: Final = tuple(_TYPES)
_LIST: Final = ", ".join(_COLUMNS)
# Documents travel as text: they are written once, here, and cast by the server.
_ARRAYS: Final = ", ".join(
    f"${number}::{'text' if kind == 'jsonb' else kind}[]"
    for number, kind in enumerate(_TYPES.values(), 1)
)
_CAST: Final = ", ".join(
    f"{name}::jsonb" if kind == "jsonb" else name for name, kind in _TYPES.items()
)
_EVENT, _NAMING, _KINDS, _KEYS, _NOW, _TOPIC, _AFTER = range(len(_TYPES) + 1, len(_TYPES) + 8)

# In the order of their keys: two that store the same feedback at once never wait for each other
# in a circle. The outbox row has the id of its feedback; it is due as shared.outbox.enqueue has it.
_WRITE: Final = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest({_ARRAYS}, ${_EVENT}::text[]) AS given ({_LIST}, event)
), refused AS (
    SELECT DISTINCT named.feedback_id
    FROM unnest(${_NAMING}::uuid[], ${_KINDS}::text[], ${_KEYS}::bytea[])
        AS named (feedback_id, kind, lookup_key)
    JOIN tombstones USING (kind, lookup_key)
    WHERE refused_until > ${_NOW}
), added AS (
    INSERT INTO feedback ({_LIST})
    SELECT {_CAST} FROM given WHERE feedback_id NOT IN (SELECT feedback_id FROM refused)
    ORDER BY event_key
    ON CONFLICT (event_key) DO NOTHING RETURNING feedback_id
), told AS (
    INSERT INTO outbox (outbox_id, topic, payload, created_at, due_at)
    SELECT feedback_id, ${_TOPIC}::text, event::jsonb, now(),
        now() + make_interval(secs => ${_AFTER})
    FROM given JOIN added USING (feedback_id)
)
SELECT feedback_id, true AS is_added FROM added
UNION ALL SELECT feedback_id, false FROM refused
"""  # noqa: S608 - our own column list
_UNDER: Final = f"SELECT {_LIST} FROM feedback WHERE event_key = ANY($1::bytea[])"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Written:
    """Which feedback was stored, and which names somebody erased; the rest was there before."""

    added: frozenset[UUID]
    refused: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Telling:
    """The topic that the events wait under, and for how many seconds nobody else takes them."""

    topic: str
    after_s: float


async def write_arrivals(
    connection: asyncpg.Connection, arrivals: Sequence[Arrival], telling: Telling, now: datetime
) -> Written:
    """Store what is new and names nobody erased, with its events, in the caller's transaction."""
    rows = [_row(arrival.said) for arrival in arrivals]
    named = [
        (arrival.said.feedback_id, kind, key) for arrival in arrivals for kind, key in arrival.names
    ]
    found = await connection.fetch(
        _WRITE,
        *map(list, zip(*rows, strict=True)),
        [json.dumps(arrival.event) for arrival in arrivals],
        [feedback_id for feedback_id, _, _ in named],
        [kind for _, kind, _ in named],
        [key for _, _, key in named],
        now,
        telling.topic,
        telling.after_s,
    )
    added = frozenset(row["feedback_id"] for row in found if row["is_added"])
    return Written(added, frozenset(row["feedback_id"] for row in found if not row["is_added"]))


async def stored_under(
    connection: asyncpg.Connection, event_keys: Sequence[bytes]
) -> dict[bytes, Said]:
    """Find feedback by its keys."""
    rows = await connection.fetch(_UNDER, event_keys)
    return {row["event_key"]: Said(**row) for row in rows}


def _row(said: Said) -> list[Any]:
    return [
        _document(getattr(said, name)) if _TYPES[name] == "jsonb" else getattr(said, name)
        for name in _COLUMNS
    ]


def _document(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value)


assert tuple(field.name for field in fields(Said)) == _COLUMNS  # noqa: S101 - a mistake of ours
