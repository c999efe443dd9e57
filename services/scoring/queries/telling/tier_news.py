"""Announce changes of tier in the very statement that appends them to history."""

from __future__ import annotations

from typing import Final

# `told` are the rows that went into tier_history; $1 is the programme, $2 the release. The list
# of a value programme begins at the top, that of a status programme at rank 0.
_TOLD: Final = "profile_id, programme_key, business_instant, tier_from, tier_to, reason"
_NAMES: Final = """
names AS MATERIALIZED (
    SELECT jsonb_object_agg(tier ->> 'key', jsonb_build_object('key', tier -> 'key',
        'rank', CASE v.document ->> 'kind' WHEN 'status' THEN place - 1
            ELSE jsonb_array_length(v.document -> 'tiers') - place END,
        'name', tier -> 'name')) AS tiers
    FROM releases r
    JOIN programme_versions v
        ON v.programme_key = r.programme_key AND v.version = r.programme_version
    CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'tiers')
        WITH ORDINALITY AS listed (tier, place)
    WHERE r.release_id = $2
)
"""
_ANNOUNCE: Final = """
INSERT INTO announcements (announcement_id, profile_id, kind, body, at, created_at)
SELECT gen_random_uuid(), told.profile_id, 'tier.changed', jsonb_build_object(
        'programme', told.programme_key,
        'from', CASE WHEN told.tier_from IS NOT NULL THEN
            coalesce(names.tiers -> told.tier_from, jsonb_build_object('key', told.tier_from)) END,
        'to', coalesce(names.tiers -> told.tier_to, jsonb_build_object('key', told.tier_to)),
        'since', t.since, 'valid_until', t.valid_until, 'reason', told.reason,
        'as_of', told.business_instant),
    told.business_instant, clock_timestamp()
FROM told CROSS JOIN names
LEFT JOIN tier_current t
    ON t.profile_id = told.profile_id AND t.programme_key = $1 AND t.release_id = $2
WHERE told.reason <> 'first_decision'
"""
# Who is new and stands above the entry tier has risen; who stands in it has just arrived.
_OR_ABOVE_ENTRY: Final = " OR (names.tiers #>> ARRAY[told.tier_to, 'rank'])::int > 0"


def telling(add_history: str, *, is_whole_base: bool = False) -> str:
    """Make a statement that appends to history ($1: programme, $2: release) announce it as well.

    A whole base that is decided for the first time is not announced.
    """
    announce = _ANNOUNCE if is_whole_base else _ANNOUNCE + _OR_ABOVE_ENTRY
    return f"WITH told AS ({add_history} RETURNING {_TOLD}), {_NAMES} {announce}"
