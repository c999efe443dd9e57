"""One row of every kind that a time line is put together from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.ids import short_key, uuid7
from tests.integration.feedback.people_rows import profile

START: Final = datetime(2026, 11, 1, 10, tzinfo=UTC)
LADDER: Final = {
    "kind": "value",
    "tiers": [
        {"key": "high", "name": {"en": "High value", "zh": "高价值"}},
        {"key": "low", "name": {"en": "Standard", "zh": "普通"}},
    ],
}
OF_LIVES: Final = (
    "benefit_usage", "cases", "case_events", "exposures", "feedback", "interactions",
    "offer_responses", "offers", "orders", "points_entries", "programme_versions", "releases",
    "survey_responses", "tasks", "tier_history",
)  # fmt: skip


def day(number: int) -> datetime:
    return START + timedelta(days=number)


async def add_row(pool: asyncpg.Pool, table: str, **columns: Any) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await pool.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *columns.values())


async def forget_lives(pool: asyncpg.Pool) -> None:
    for table in OF_LIVES:
        await pool.execute(f"DELETE FROM {table}")
    # the log of events cannot be changed but by an erasure
    await pool.execute("BEGIN; SET LOCAL tierline.erasure = 'on'; DELETE FROM events; COMMIT")


async def buy(pool: asyncpg.Pool, number: int, at: datetime, *, net: int = 3750) -> None:
    await add_row(
        pool,
        "orders",
        profile_id=profile(number),
        order_key=short_key("order", at.isoformat(), str(number)),
        sequence=1,
        effective_at=at,
        business_date=at.date(),
        store_id="0747",
        channel="store",
        net=net,
    )


async def bring_back(
    pool: asyncpg.Pool, at: datetime, lines: Sequence[Sequence[object]] | None, kind: str = "return"
) -> None:
    await add_row(
        pool,
        "events",
        profile_id=profile(1),
        sequence=int(at.timestamp()),
        source_id="till",
        kind=kind,
        event_key=short_key("event", at.isoformat()),
        order_key=short_key("order", START.isoformat(), "1"),
        business_date=at.date(),
        occurred_at=at,
        effective_at=at,
        received_at=at,
        body={"lines": lines},
    )


async def add_ladder(pool: asyncpg.Pool) -> None:
    await add_row(
        pool,
        "programme_versions",
        programme_key="value",
        version=1,
        document=LADDER,
        status="live",
        created_at=START,
    )
    await add_row(
        pool,
        "releases",
        release_id=7,
        programme_key="value",
        programme_version=1,
        reference_date=START.date(),
        status="live",
        created_at=START,
    )


async def move(
    pool: asyncpg.Pool, at: datetime, before: str | None, after: str, reason: str = "value_rank"
) -> None:
    await add_row(
        pool,
        "tier_history",
        profile_id=profile(1),
        history_id=uuid7(),
        programme_key="value",
        release_id=7,
        customer_version=1,
        business_instant=at,
        decided_at=at,
        tier_from=before,
        tier_to=after,
        reason=reason,
    )


async def change_points(pool: asyncpg.Pool, at: datetime, kind: str, points: int) -> None:
    await add_row(
        pool,
        "points_entries",
        profile_id=profile(1),
        programme_key="coffee",
        entry_id=uuid7(),
        kind=kind,
        points=points,
        at=at,
        source="test",
    )


async def add_case(pool: asyncpg.Pool, at: datetime) -> UUID:
    case_id = uuid7()
    await add_row(
        pool,
        "cases",
        case_id=case_id,
        customer_id="ann",
        kind="complaint",
        state="received",
        opened_at=at,
        clock_from=at,
        due_at=at,
        first_due_at=at,
        updated_at=at,
    )
    await add_row(
        pool,
        "case_events",
        case_id=case_id,
        case_event_id=uuid7(),
        kind="opened",
        actor="service",
        at=at,
    )
    return case_id


async def finish_task(pool: asyncpg.Pool, at: datetime) -> None:
    await add_row(
        pool,
        "tasks",
        task_id=uuid7(),
        once_key=at.isoformat(),
        customer_id="ann",
        kind="vip_call",
        channel="phone",
        title={"en": "Call Ann", "zh": "致电安"},
        state="done",
        outcome="reached",
        created_at=at,
        due_at=at,
        expires_at=at,
        closed_at=at,
    )


async def live_a_full_life(pool: asyncpg.Pool) -> None:
    """Write one entry a day of every kind that others keep; day 0 is the first."""
    await add_ladder(pool)
    await buy(pool, 1, day(0))
    await bring_back(pool, day(1), [[1, "6927165", "coffee", 1000, 1237, 0]])
    await move(pool, day(2), "low", "high")
    await add_case(pool, day(3))
    await finish_task(pool, day(4))
    await add_row(
        pool,
        "survey_responses",
        response_id=uuid7(),
        survey_key="hello",
        version=1,
        customer_id="ann",
        answers={"q1": 5},
        fingerprint=b"",
        answered_at=day(5),
    )
    await add_row(
        pool,
        "benefit_usage",
        profile_id=profile(1),
        usage_id=uuid7(),
        programme_key="coffee",
        benefit_key="free_shipping",
        used_at=day(6),
        quantity=1,
    )
    await change_points(pool, day(7), "redeemed", -100)
    await change_points(pool, day(7), "earned", 30)
    await add_row(
        pool,
        "exposures",
        unit=str(profile(1)),
        experiment_key="coffee-test",
        profile_id=profile(1),
        customer_id="ann",
        arm="treated",
        exposed_at=day(8),
    )
    await add_row(
        pool,
        "identity_links",
        loser_id=profile(2),
        sequence=1,
        winner_id=profile(1),
        customer_version=1,
        linked_at=day(9),
    )
