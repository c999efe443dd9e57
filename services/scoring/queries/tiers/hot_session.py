"""The one statement of a session: a customer's stored answers in several programmes at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.queries.tiers.ready_statement import ReadyStatement

# As FRESH (hot_tier.py), by any identifier; the answers come in the order asked, null where
# one must be decided anew, as all of a merged profile must.
FRESH_OF_ALL: Final = """
SELECT coalesce(c.merged_into, c.profile_id), ARRAY(
    SELECT t.answer
    FROM unnest($3::text[]) WITH ORDINALITY AS p (programme_key, place)
    LEFT JOIN live_releases r ON r.programme_key = p.programme_key
    LEFT JOIN tier_current t
        ON t.profile_id = c.profile_id AND t.programme_key = p.programme_key
        AND t.release_id = r.release_id AND t.decided_version = c.version
        AND t.decided_control_version = coalesce(k.control_version, 0)
        AND t.business_date IN ($4, 'infinity') AND t.next_change_at > $5
        AND t.decided_at < $5 + interval '5 minutes' AND c.merged_into IS NULL
    ORDER BY p.place)
FROM identifiers i
JOIN customers c ON c.profile_id = i.profile_id
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
WHERE i.kind = $1 AND i.lookup_key = $2
"""


class FoundAll(NamedTuple):
    """A known customer, and their stored answers; None where one must be decided anew."""

    profile_id: UUID
    answers: list[bytes | None]


async def fresh_answers_of_all(
    fresh: ReadyStatement, key: tuple[str, bytes], programmes: Sequence[str], moment: Moment
) -> FoundAll | None:
    """Look up a customer's stored answers with FRESH_OF_ALL; None for an unknown customer."""
    row = await fresh.fetchrow(*key, programmes, moment.today, moment.now)
    return None if row is None else FoundAll(row[0], row[1])
