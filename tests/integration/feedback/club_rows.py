"""A coffee club with sixty gold members, and what may go wrong there in a quarter."""

from datetime import UTC, date, datetime, timedelta

import asyncpg

from shared.ids import uuid7
from tests.integration.feedback.life_rows import add_row, forget_lives
from tests.integration.feedback.people_rows import THEN, add_person, forget_people, profile

#: Long before the quarters that are looked at.
START = datetime(2026, 1, 5, tzinfo=UTC)
PEOPLE = 60
DOCUMENT = {
    "kind": "status",
    "name": {"en": "Coffee club", "zh": "咖啡俱乐部"},
    "tiers": [
        {"key": "regular", "name": {"en": "Regular", "zh": "常客"}},
        {"key": "gold", "name": {"en": "Gold", "zh": "金星"}},
        {"key": "black", "name": {"en": "Black", "zh": "黑金"}},
    ],
    "benefits": [
        {"key": "drink", "kind": "gift", "name": {"en": "A drink", "zh": "一杯饮品"},
         "tiers": ["gold"], "cost": {"amount": "500.00", "currency": "CNY"}},
        {"key": "quick", "kind": "service_level", "name": {"en": "Quick", "zh": "快"},
         "tiers": ["gold"]},
    ],
}  # fmt: skip
_OWN = (
    "reviews", "review_findings", "programmes", "live_releases", "customer_day", "playbooks",
    "experiments",
)  # fmt: skip


async def forget_club(pool: asyncpg.Pool) -> None:
    for table in _OWN:
        await pool.execute(f"DELETE FROM {table}")
    await forget_lives(pool)
    await forget_people(pool)


async def found_club(pool: asyncpg.Pool) -> None:
    """Put the club in force since January."""
    await forget_club(pool)
    await add_row(pool, "shop", base_currency="CNY", fixed_at=THEN)
    await add_row(
        pool, "programmes", programme_key="coffee", audience="customer_facing", is_default=True,
        created_at=START,
    )  # fmt: skip
    await add_row(
        pool, "programme_versions", programme_key="coffee", version=3, document=DOCUMENT,
        status="live", created_at=START,
    )  # fmt: skip
    await add_row(
        pool, "releases", release_id=7, programme_key="coffee", programme_version=3,
        reference_date=START.date(), status="live", created_at=START,
    )  # fmt: skip
    await add_row(pool, "live_releases", programme_key="coffee", release_id=7, flipped_at=START)
    for number in range(1, PEOPLE + 1):
        await add_person(pool, number, f"c-{number}")
        await hold(pool, number, "gold", START)


async def hold(pool: asyncpg.Pool, number: int, tier: str, at: datetime) -> None:
    await add_row(
        pool, "tier_history", profile_id=profile(number), history_id=uuid7(),
        programme_key="coffee", release_id=7, customer_version=1, business_instant=at,
        decided_at=at, tier_to=tier, reason="entered",
    )  # fmt: skip


async def order(pool: asyncpg.Pool, number: int, first: date, days: int) -> None:
    """Order on so many days from a date on, for a margin of 2.00 each."""
    await pool.executemany(
        "INSERT INTO customer_day (profile_id, business_date, orders, net_booked, cost)"
        " VALUES ($1, $2, 1, 1000, 800)",
        [(profile(number), first + timedelta(days=7 * n)) for n in range(days)],
    )


async def use_drinks(club: asyncpg.Pool) -> None:
    """One member used it; somebody else took it back."""
    for number, cancelled in ((1, None), (2, THEN)):
        await add_row(
            club, "benefit_usage", profile_id=profile(number), usage_id=uuid7(),
            programme_key="coffee", benefit_key="drink", quantity=1, cancelled_at=cancelled,
            used_at=datetime(2026, 8, 1, tzinfo=UTC),
        )  # fmt: skip


async def break_promises(club: asyncpg.Pool) -> None:
    at = datetime(2026, 8, 2, tzinfo=UTC)
    for number in range(20):
        await add_row(
            club, "cases", case_id=uuid7(), customer_id="c-1", kind="complaint", state="received",
            programme_key="coffee", tier_key="gold", opened_at=at, clock_from=at, due_at=at,
            first_due_at=at, updated_at=at, breaches=int(number < 9),
        )  # fmt: skip


async def rate(club: asyncpg.Pool) -> None:
    held = {"programme": "coffee", "programme_version": 3, "tier": {"key": "gold", "rank": 1}}
    for month, ratings in ((5, (4, 5)), (8, (2, 3))):
        for number in range(40):
            at = datetime(2026, month, 1 + number % 28, tzinfo=UTC)
            await add_row(
                club, "feedback", feedback_id=uuid7(), event_key=uuid7().bytes, fingerprint=b"",
                kind="csat", channel="web", rating=ratings[number % 2], tier_held=held,
                is_tier_known=True, occurred_at=at, received_at=at,
            )  # fmt: skip
