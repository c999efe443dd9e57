"""A withdrawn consent to personalisation blanks what somebody does besides buying."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from services.scoring.domain.days import BEHAVIOUR_COLUMNS, COLUMNS
from services.scoring.domain.tiers.programme import VALUE_KEY
from services.scoring.queries.bases.whole_base import Span, read_base
from services.scoring.queries.people.consents import withdrawn_among
from services.scoring.queries.tiers.facts import DAY_COLUMNS, Snapshot, read_snapshot
from services.scoring.usecases.releases.base_days import read_days
from tests.shop_facts import LAST_DAY, Purchase, profile_id, write_customer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOMEBODY, OTHER = 900, 901
LOOKING = "UPDATE customer_day SET views = 7, feedback = 1 WHERE profile_id = $1"
SAY = (
    "INSERT INTO consents (profile_id, purpose, sequence, is_granted, customer_version, changed_at)"
    " VALUES ($1, $2, $3, $4, 1, $5)"
)


@pytest.fixture
async def somebody(pool: asyncpg.Pool) -> UUID:
    """A customer with one purchase, seven views and a piece of feedback on one day."""
    async with pool.acquire() as connection:
        profile = await write_customer(connection, SOMEBODY, [Purchase(LAST_DAY, 500)])
        await connection.execute(LOOKING, profile)
    return profile


async def say(
    pool: asyncpg.Pool,
    profile: UUID,
    granted: bool,
    *,
    after: int = 0,
    purpose: str = "personalisation",
) -> None:
    at = NOON + timedelta(hours=after)
    await pool.execute(SAY, profile, purpose, 10_000 - after, granted, at)


async def read(pool: asyncpg.Pool, profile: UUID) -> Snapshot:
    return await read_snapshot(pool, [profile], VALUE_KEY, LAST_DAY, columns=COLUMNS)


async def views(pool: asyncpg.Pool, profile: UUID) -> list[int]:
    found: list[int] = (await read(pool, profile)).days.views.tolist()
    assert (await withdrawn_among(pool, [profile]) == {profile}) == (found == [0])
    return found


async def test_who_never_said_anything_has_not_withdrawn(
    pool: asyncpg.Pool, somebody: UUID
) -> None:
    assert await views(pool, somebody) == [7]


async def test_withdrawn_consent_leaves_purchases_only(pool: asyncpg.Pool, somebody: UUID) -> None:
    await say(pool, somebody, False)
    days = (await read(pool, somebody)).days
    assert all(getattr(days, name).sum() == 0 for name in BEHAVIOUR_COLUMNS)
    assert (days.net_booked.tolist(), days.orders.tolist()) == ([500], [1])


async def test_the_latest_instant_counts_whatever_its_sequence(
    pool: asyncpg.Pool, somebody: UUID
) -> None:
    await say(pool, somebody, False)
    await say(pool, somebody, True, after=1)
    assert await views(pool, somebody) == [7]
    await say(pool, somebody, False, after=2)
    assert await views(pool, somebody) == [0]


async def test_other_purposes_blank_nothing(pool: asyncpg.Pool, somebody: UUID) -> None:
    await say(pool, somebody, False, purpose="marketing")
    assert await views(pool, somebody) == [7]


async def test_word_of_who_was_merged_in_counts_too(pool: asyncpg.Pool, somebody: UUID) -> None:
    async with pool.acquire() as connection:
        other = await write_customer(connection, OTHER)
        await connection.execute(
            "UPDATE customers SET merged_into = $1 WHERE profile_id = $2", somebody, other
        )
    await say(pool, other, False)
    assert await views(pool, somebody) == [0]


async def test_only_the_one_who_withdrew_is_blanked(pool: asyncpg.Pool, somebody: UUID) -> None:
    await pool.execute(LOOKING, profile_id(0))
    await say(pool, somebody, False)
    both = [profile_id(0), somebody]
    days = (await read_snapshot(pool, both, VALUE_KEY, LAST_DAY, columns=COLUMNS)).days
    assert days.views[: days.offsets[1]].tolist() == [7] * int(days.offsets[1])
    assert days.views[days.offsets[1] :].tolist() == [0]


async def test_whole_base_is_blanked_as_one_customer_is(pool: asyncpg.Pool, somebody: UUID) -> None:
    await pool.execute(LOOKING, profile_id(0))
    await say(pool, somebody, False)
    span = Span(LAST_DAY, LAST_DAY, VALUE_KEY, 0, columns=COLUMNS)
    everybody = {
        customer.profile_id: views.tolist()
        async for chunk in read_base(pool, span)
        for customer, views in zip(
            chunk.customers, np.split(chunk.days.views, chunk.days.offsets[1:-1]), strict=True
        )
    }
    assert everybody[somebody] == [0]
    assert set(everybody[profile_id(0)]) == {7}


async def test_training_learns_from_behaviour_unless_it_was_withdrawn(
    pool: asyncpg.Pool, somebody: UUID
) -> None:
    await pool.execute(LOOKING, profile_id(0))
    before = (await read_days(pool, LAST_DAY)).views.sum()
    await say(pool, somebody, False)
    after = (await read_days(pool, LAST_DAY)).views.sum()
    assert (before - after, after > 0) == (7, True)


async def test_model_of_purchases_reads_no_behaviour() -> None:
    assert not set(DAY_COLUMNS) & set(BEHAVIOUR_COLUMNS)
