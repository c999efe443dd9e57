"""Take a person out of feedback's tables: words and names go, ratings and counts stay."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

#: $1: the shop's ids of the person, $2: feedback of theirs that names no id, $3: a name for
#: nobody in particular, so that two answers of one person still count as one person's.
_REMOVALS: Final[Mapping[str, str]] = {
    "case_events": """
        UPDATE case_events SET details = '{}' WHERE case_id IN (
            SELECT case_id FROM cases
            WHERE customer_id = ANY($1::text[]) OR feedback_id = ANY($2::uuid[])
                OR feedback_id IN (SELECT feedback_id FROM feedback
                    WHERE customer_id = ANY($1::text[]))) AND $3::text <> ''
        """,
    "tier_labels": """
        UPDATE tier_labels SET customer_id = NULL, reason = '', pin_detail = NULL
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL AND $3::text <> ''
        """,
    # Also one that learns only now whose it is: then it waits for the row, and is blanked after.
    "cases": """
        UPDATE cases SET customer_id = NULL, answer = NULL, resolution = NULL, improvement = NULL
        WHERE (customer_id = ANY($1::text[]) OR feedback_id = ANY($2::uuid[])
            OR feedback_id IN (SELECT feedback_id FROM feedback
                WHERE customer_id = ANY($1::text[]))) AND $3::text <> ''
        """,
    "feedback": """
        UPDATE feedback SET customer_id = NULL, text = NULL, language = NULL, order_id = NULL,
            session_id = NULL, properties = '{}', fingerprint = ''
        WHERE (customer_id = ANY($1::text[]) OR feedback_id = ANY($2::uuid[])) AND $3::text <> ''
        """,
    "interactions": """
        UPDATE interactions SET customer_id = $3, subject = NULL, note = NULL, outcome = NULL,
            fingerprint = ''
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL
        """,
    "tasks": """
        UPDATE tasks SET customer_id = $3, profile_id = NULL, details = '{}', note = NULL,
            message = NULL, title = '{"en": "Erased", "zh": "已删除"}', completion = NULL,
            once_key = 'erased:' || task_id,
            closed_at = CASE WHEN state IN ('open', 'claimed') THEN now() ELSE closed_at END,
            state = CASE WHEN state IN ('open', 'claimed') THEN 'cancelled' ELSE state END
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL
        """,
    "offer_responses": """
        UPDATE offer_responses SET customer_id = $3, sending = sending || ' ' || response_id
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL
        """,
    "exposures": """
        UPDATE exposures SET customer_id = $3,
            unit = CASE WHEN profile_id IS NULL THEN $3 || ' ' || gen_random_uuid() ELSE unit END
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL
        """,
    "survey_invitations": """
        UPDATE survey_invitations SET customer_id = $3, is_open = false, saved = NULL
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL
        """,
    # Numbers stay: how it was rated. What was chosen, written or dated says who it was.
    "survey_responses": """
        UPDATE survey_responses SET customer_id = $3, texts = '{}', fingerprint = '', answers = (
            SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(answers)
            WHERE jsonb_typeof(value) = 'number')
        WHERE customer_id = ANY($1::text[]) AND $2::uuid[] IS NOT NULL
        """,
}
# Feedback told without an id: ingest knows whose event it became.
_EVENTS: Final = """
SELECT event_key, source_id FROM events
WHERE profile_id = ANY($1::uuid[]) AND kind = 'feedback_given'
"""
_NAMELESS: Final = "SELECT feedback_id FROM feedback WHERE customer_id IS NULL AND text IS NOT NULL"
_WAITING: Final = "SELECT outbox_id, payload FROM outbox WHERE topic = $1"


async def blank(
    connection: asyncpg.Connection,
    customer_ids: Sequence[str],
    feedback_ids: Sequence[UUID],
    *,
    pseudonym: str,
) -> dict[str, int]:
    """Blank every row of a person; returns rows by table."""
    done = {}
    for table, statement in _REMOVALS.items():
        tag = await connection.execute(statement, customer_ids, feedback_ids, pseudonym)
        done[table] = int(tag.rsplit(" ", 1)[-1])
    return done


async def told_events(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID]
) -> list[tuple[bytes, str]]:
    """Return key and source of the events that these profiles' feedback became."""
    rows = await connection.fetch(_EVENTS, profile_ids)
    return [(row[0], row[1]) for row in rows]


async def nameless_feedback(connection: asyncpg.Connection) -> list[UUID]:
    """Return feedback with words that names nobody."""
    return [row[0] for row in await connection.fetch(_NAMELESS)]


async def waiting_events(
    connection: asyncpg.Connection, topic: str
) -> list[tuple[UUID, dict[str, object]]]:
    """Return what still lies in the outbox of a topic, told or not."""
    return [(row[0], row[1]) for row in await connection.fetch(_WAITING, topic)]


async def drop_waiting(connection: asyncpg.Connection, ids: Iterable[UUID]) -> None:
    """Delete rows of the outbox."""
    await connection.execute("DELETE FROM outbox WHERE outbox_id = ANY($1::uuid[])", list(ids))


async def is_refused(
    connection: asyncpg.Connection, keys: Sequence[tuple[str, bytes]], now: datetime
) -> bool:
    """Tell whether one of these identifiers (kind, salted hash) belongs to somebody erased."""
    return bool(
        await connection.fetchval(
            """
            SELECT EXISTS (SELECT FROM unnest($1::text[], $2::bytea[]) AS t(kind, lookup_key)
                JOIN tombstones USING (kind, lookup_key) WHERE refused_until > $3)
            """,
            [kind for kind, _ in keys],
            [key for _, key in keys],
            now,
        )
    )
