"""A shop with a default programme in force, and customers that hold its tiers."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
TIERS = [
    {"key": "high", "name": {"en": "High value", "zh": "高价值"}},
    {"key": "low", "name": {"en": "Standard", "zh": "普通"}},
]
_TABLES = (
    "playbooks", "playbook_runs", "tasks", "interactions", "offer_responses", "offers",
    "exposures", "experiments", "customers", "identifiers", "consents", "segments",
    "segment_members", "announcements", "tier_current", "live_releases", "releases",
    "programme_versions", "programmes", "points_wallets", "customer_day", "shop",
)  # fmt: skip


async def empty_shop(pool: asyncpg.Pool) -> None:
    """Leave a shop with one programme and nobody in it."""
    await pool.execute("; ".join(f"DELETE FROM {table}" for table in _TABLES))
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")
    await pool.execute(
        "INSERT INTO programmes (programme_key, audience, is_default, created_at)"
        " VALUES ('value', 'internal', true, now())"
    )
    await pool.execute(
        "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
        " VALUES ('value', 1, 'published', $1, now())",
        {"kind": "value", "tiers": TIERS},
    )
    await pool.execute(
        "INSERT INTO releases (release_id, programme_key, programme_version, reference_date,"
        " status, created_at) VALUES (1, 'value', 1, '2026-11-01', 'live', now())"
    )
    await pool.execute(
        "INSERT INTO live_releases (programme_key, release_id, flipped_at)"
        " VALUES ('value', 1, now())"
    )


async def add_customer(
    pool: asyncpg.Pool,
    number: int,
    *,
    tier: str = "high",
    lifecycle: str = "active",
    attributes: dict[str, Any] | None = None,
) -> UUID:
    """Add customer c-<number>; gives the profile."""
    who, name = UUID(int=number + 1), f"c-{number}"
    await pool.execute(
        "INSERT INTO customers (profile_id, customer_id, attributes, created_at, updated_at)"
        " VALUES ($1, $2, $3, now(), now())",
        who,
        name,
        attributes or {},
    )
    await pool.execute(
        "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
        " VALUES ('customer_id', $1, $2, now())",
        name.encode(),
        who,
    )
    await pool.execute(
        "INSERT INTO tier_current (profile_id, programme_key, release_id, decided_version,"
        " business_date, decided_at, next_change_at, rank, tier_key, since, lifecycle, answer)"
        " VALUES ($1, 'value', 1, 1, $2, now(), 'infinity', 0, $3, now(), $4, '')",
        who,
        date(2026, 11, 22),
        tier,
        lifecycle,
    )
    return who


async def say(pool: asyncpg.Pool, who: UUID, purpose: str, *, granted: bool, at: datetime) -> None:
    """Let somebody grant or withdraw a consent."""
    await pool.execute(
        "INSERT INTO consents (profile_id, purpose, sequence, is_granted, customer_version,"
        " changed_at) VALUES ($1, $2, (SELECT count(*) FROM consents), $3, 1, $4)",
        who,
        purpose,
        granted,
        at,
    )


async def announce(
    pool: asyncpg.Pool, who: UUID, kind: str, body: dict[str, Any], number: int
) -> None:
    """Let scoring tell something."""
    await pool.execute(
        "INSERT INTO announcements (announcement_id, profile_id, kind, body, at, created_at,"
        " number) VALUES ($1, $2, $3, $4, $5, now(), $6)",
        uuid4(),
        who,
        kind,
        body,
        NOW,
        number,
    )


async def add_segment(pool: asyncpg.Pool, key: str, members: list[UUID]) -> None:
    """Define a segment with members."""
    await pool.execute(
        "INSERT INTO segments (segment_key, name, condition, created_at, updated_at)"
        " VALUES ($1, '{}', '{}', now(), now())",
        key,
    )
    await pool.executemany(
        "INSERT INTO segment_members (profile_id, segment_key, entered_at, decided_version)"
        " VALUES ($1, $2, now(), 1)",
        [(who, key) for who in members],
    )


def make_playbook(**changes: Any) -> dict[str, Any]:
    """A live playbook that somebody runs by hand, as posted."""
    action = {
        "channel": "phone",
        "title": {"en": "Call", "zh": "致电"},
        "message": {"en": "Thank {name}, {tier}", "zh": "感谢{name}（{tier}）"},
        "costs": {"phone": {"amount": "3.00", "currency": "CNY"}},
        "due_in_days": 0,
    } | changes.pop("action", {})
    return {
        "key": "calls",
        "name": {"en": "Calls", "zh": "回访"},
        "state": "live",
        "owner": "care",
        "goal": {"en": "Keep them", "zh": "留住他们"},
        "purpose": "marketing",
        "trigger": {"kind": "manual"},
        "action": action,
    } | changes
