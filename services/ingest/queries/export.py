"""Everything that is kept about a person, table by table, as rows to hand over.

$1 are their profiles, $2 the shop's ids they were known by. A table of any owner may be read.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection

_OF_PROFILE: Final = "profile_id = ANY($1::uuid[]) AND ($2::text[]) IS NOT NULL"
_OF_ID: Final = "customer_id = ANY($2::text[]) AND ($1::uuid[]) IS NOT NULL"


def _profile_rows(table: str, order: str) -> str:
    return f"SELECT * FROM {table} WHERE {_OF_PROFILE} ORDER BY {order}"  # noqa: S608 - ours


def _id_rows(table: str, order: str) -> str:
    return f"SELECT * FROM {table} WHERE {_OF_ID} ORDER BY {order}"  # noqa: S608 - ours


#: Sections in the order they are handed over; identifiers and refused items are sealed.
SECTIONS: Final[Mapping[str, str]] = {
    "profiles": _profile_rows("customers", "profile_id"),
    "identifiers": _profile_rows("identifiers", "kind, lookup_key"),
    "identity_links": """
        SELECT * FROM identity_links
        WHERE (loser_id = ANY($1::uuid[]) OR winner_id = ANY($1::uuid[])) AND $2::text[] IS NOT NULL
        ORDER BY sequence
        """,
    "identity_conflicts": """
        SELECT conflict_id, kind, claimant_id, holder_id, seen_at, resolved_at
        FROM identity_conflicts
        WHERE (claimant_id = ANY($1::uuid[]) OR holder_id = ANY($1::uuid[]))
            AND $2::text[] IS NOT NULL
        ORDER BY conflict_id
        """,
    "consents": _profile_rows("consents", "sequence"),
    "events": _profile_rows("events", "sequence"),
    "orders": _profile_rows("orders", "sequence"),
    "order_lines": _profile_rows("order_lines", "order_key, line"),
    "entries": _profile_rows("entries", "at, entry_id"),
    "memberships": _profile_rows("memberships", "starts_at, membership_id"),
    "return_findings": _profile_rows("return_findings", "at, event_key"),
    "customer_day": _profile_rows("customer_day", "business_date"),
    "customer_category": _profile_rows("customer_category", "category"),
    "customer_sku": _profile_rows("customer_sku", "sku"),
    "customer_habit": _profile_rows("customer_habit", "slot"),
    "tiers": f"""
        SELECT profile_id, programme_key, release_id, decided_version, decided_control_version,
            business_date, decided_at, next_change_at, status, valid_until, rank, tier_key,
            since, lifecycle, score, state, convert_from(answer, 'UTF8') AS answer
        FROM tier_current WHERE {_OF_PROFILE} ORDER BY programme_key, release_id
        """,  # noqa: S608 - ours
    "tier_timeline": _profile_rows("tier_timeline", "programme_key, release_id, at"),
    "tier_history": _profile_rows("tier_history", "decided_at, history_id"),
    "scored_samples": _profile_rows("scored_samples", "model_version, business_date"),
    "controls": _profile_rows("customer_controls", "profile_id"),
    "grants": _profile_rows("grants", "grant_id"),
    "pins": _profile_rows("pins", "pin_id"),
    "due_reviews": _profile_rows("due_reviews", "due_at"),
    "benefit_usage": _profile_rows("benefit_usage", "usage_id"),
    "points_commands": _profile_rows("points_commands", "command_id"),
    "points_entries": _profile_rows("points_entries", "programme_key, at, entry_id"),
    "points_wallets": _profile_rows("points_wallets", "programme_key"),
    "segments": _profile_rows("segment_members", "segment_key"),
    "segment_checks": _profile_rows("segment_checks", "profile_id"),
    "customer_sheets": _profile_rows("customer_sheets", "profile_id"),
    "customer_standings": _profile_rows("customer_standings", "profile_id"),
    "announcements": _profile_rows("announcements", "sequence"),
    "webhook_deliveries": """
        SELECT d.* FROM webhook_deliveries d JOIN announcements a USING (announcement_id)
        WHERE a.profile_id = ANY($1::uuid[]) AND $2::text[] IS NOT NULL
        ORDER BY d.number, d.delivery_id
        """,
    "feedback": _id_rows("feedback", "feedback_id"),
    "cases": _id_rows("cases", "case_id"),
    "case_events": f"""
        SELECT * FROM case_events
        WHERE case_id IN (SELECT case_id FROM cases WHERE {_OF_ID}) ORDER BY case_event_id
        """,  # noqa: S608 - ours
    "tier_labels": _id_rows("tier_labels", "label_id"),
    "interactions": _id_rows("interactions", "interaction_id"),
    "tasks": _id_rows("tasks", "task_id"),
    "offer_responses": _id_rows("offer_responses", "response_id"),
    "exposures": """
        SELECT * FROM exposures
        WHERE unit = ANY($1::uuid[]::text[]) OR customer_id = ANY($2::text[])
        ORDER BY experiment_key, unit
        """,
    "survey_invitations": _id_rows("survey_invitations", "invitation_id"),
    "survey_responses": _id_rows("survey_responses", "response_id"),
}


async def rows_of(
    connection: Connection, section: str, members: Sequence[UUID], customer_ids: Sequence[str]
) -> AsyncIterator[dict[str, Any]]:
    """Yield the rows of one section, inside the caller's transaction."""
    statement = SECTIONS[section]
    async for row in connection.cursor(statement, members, customer_ids, prefetch=500):
        yield dict(row)


async def refused_rows(connection: Connection, after: UUID, *, limit: int) -> list[dict[str, Any]]:
    """Return the next refused items of everybody, their bodies sealed."""
    rows = await connection.fetch(
        """
        SELECT quarantine_id, source_id, route, reason, message, received_at, replayed_at,
            times_seen, body_encrypted
        FROM quarantine WHERE quarantine_id > $1 ORDER BY quarantine_id LIMIT $2
        """,
        after,
        limit,
    )
    return [dict(row) for row in rows]
