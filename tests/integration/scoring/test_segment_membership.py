"""Who enters and leaves segments: after a purchase, by the clock, once however many look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.scoring.queries.conditions.facts import read_known
from services.scoring.queries.people.consents import withdrawn_among
from services.scoring.queries.people.erasure import forget
from services.scoring.queries.segments import put_segment
from services.scoring.usecases.rescore import rescore
from services.scoring.usecases.segments.keep_sheets import keep_sheets
from services.scoring.worker import Background, make_background
from tests.condition_trees import metric
from tests.shop_facts import LAST_DAY, Purchase, write_customer
from tests.trained import NOW, platform_of

NAME = {"en": "Some", "zh": "一些"}
NOBODY = 900
TWICE = metric("orders", "gte", 2, last_days=30)


@asynccontextmanager
async def later(pool: asyncpg.Pool, url: str, days: int) -> AsyncIterator[Background]:
    at = datetime.combine(LAST_DAY, time(20), tzinfo=UTC) + timedelta(days=days)
    parts = make_background(pool, platform_of(url, at.isoformat()))
    yield parts
    await parts.post_room.close()


async def define(parts: Background, key: str, condition: dict[str, Any], **more: Any) -> None:
    async with parts.pool.acquire() as connection:
        await put_segment(connection, key, NAME, condition, more.get("purpose"))
    await parts.rounds.go_round()


async def buy(pool: asyncpg.Pool, index: int, *purchases: Purchase) -> UUID:
    async with pool.acquire() as connection:
        profile = await write_customer(connection, index, list(purchases))
        await connection.execute(
            "UPDATE customers SET version = version + 1 WHERE profile_id = $1", profile
        )
    return profile


async def buy_again(pool: asyncpg.Pool, profile: UUID) -> None:
    await pool.execute(
        """
        INSERT INTO customer_day (profile_id, business_date, net_booked, orders)
        VALUES ($1, $2, 100, 1)
        """,
        profile,
        LAST_DAY,
    )
    await pool.execute("UPDATE customers SET version = version + 1 WHERE profile_id = $1", profile)


async def told(pool: asyncpg.Pool, profile: UUID | None = None) -> list[tuple[str, str]]:
    rows = await pool.fetch(
        """
        SELECT kind, body ->> 'segment' AS segment FROM announcements
        WHERE kind LIKE 'segment.%' AND ($1::uuid IS NULL OR profile_id = $1) ORDER BY sequence
        """,
        profile,
    )
    return [(row["kind"].removeprefix("segment."), row["segment"]) for row in rows]


async def held(pool: asyncpg.Pool, key: str) -> int:
    found: int = await pool.fetchval(
        "SELECT count(*) FROM segment_members WHERE segment_key = $1", key
    )
    return found


async def test_definition_fills_a_segment_and_is_no_news(background: Background) -> None:
    await define(background, "twice", TWICE)
    assert await held(background.pool, "twice") > 20
    assert await told(background.pool) == []
    (settled,) = await background.pool.fetchrow("SELECT is_settled FROM segments")
    assert settled


async def test_purchase_moves_a_customer_in_and_tells_it(background: Background) -> None:
    await define(background, "twice", TWICE)
    profile = await buy(background.pool, NOBODY, Purchase(LAST_DAY - timedelta(3), 100))
    await background.memberships.refresh([profile])
    assert await told(background.pool, profile) == []
    await buy_again(background.pool, profile)
    await background.memberships.refresh([profile])
    assert await told(background.pool, profile) == [("entered", "twice")]
    assert await background.memberships.keys_of(profile) == ["twice"]


async def test_outbox_of_ingest_moves_a_customer_in(background: Background) -> None:
    await define(background, "all", metric("orders", "gte", 1))
    profile = await buy(background.pool, NOBODY, Purchase(LAST_DAY, 100))
    await background.pool.execute(
        """
        INSERT INTO outbox (outbox_id, topic, payload, created_at, due_at)
        VALUES (gen_random_uuid(), 'customers_changed', $1, now(), now())
        """,
        {"profile_ids": [str(profile)]},
    )
    await background.deliver()
    assert await told(background.pool, profile) == [("entered", "all")]


async def test_clock_moves_customers_out_and_tells_it(
    background: Background, shop_url: str
) -> None:
    await define(background, "twice", TWICE)
    days = [Purchase(LAST_DAY - timedelta(29), 100), Purchase(LAST_DAY, 100)]
    profile = await buy(background.pool, NOBODY, *days)
    await background.memberships.refresh([profile])
    async with later(background.pool, shop_url, days=1) as tomorrow:
        await tomorrow.rounds.go_round()
        assert await told(background.pool, profile) == [("entered", "twice"), ("left", "twice")]
        everybody = await told(background.pool)
        await tomorrow.rounds.go_round()
        assert await told(background.pool) == everybody


async def test_two_workers_tell_a_transition_once(background: Background, shop_url: str) -> None:
    await define(background, "twice", TWICE)
    days = [Purchase(LAST_DAY - timedelta(1), 100), Purchase(LAST_DAY, 100)]
    profile = await buy(background.pool, NOBODY, *days)
    async with later(background.pool, shop_url, days=0) as other:
        both = (background, other)
        await asyncio.gather(
            *(parts.memberships.refresh([profile]) for parts in both for _ in range(8)),
            *(parts.memberships.keys_of(profile) for parts in both for _ in range(8)),
        )
    assert await told(background.pool, profile) == [("entered", "twice")]


async def test_tier_moves_a_customer_when_it_was_told_to_have_changed(
    background: Background,
) -> None:
    await background.sweeper.sweep()
    await define(background, "high", {"tier": {"programme": "value", "at_least": "high"}})
    inside = await held(background.pool, "high")
    assert 40 < inside < 160
    await background.rounds.follow_tiers()
    profile = await buy(background.pool, NOBODY, *(
        Purchase(LAST_DAY - timedelta(n), 90_000) for n in range(20)
    ))  # fmt: skip
    await rescore([profile], background.decider, background.catalog)
    await background.rounds.follow_tiers()
    assert await told(background.pool, profile) == [("entered", "high")]


async def test_many_changes_of_tiers_are_followed_to_their_end(background: Background) -> None:
    await background.rounds.follow_tiers()
    await background.pool.execute(
        """
        INSERT INTO announcements (announcement_id, profile_id, kind, body, at, created_at)
        SELECT gen_random_uuid(), profile_id, 'tier.changed', '{}', now(),
            clock_timestamp() + n * interval '1 microsecond'
        FROM customers CROSS JOIN generate_series(1, 4) n
        """
    )
    assert [await background.rounds.follow_tiers() for _ in range(2)] == [True, False]


async def test_unchanged_customer_is_a_look_up(background: Background) -> None:
    await define(background, "twice", TWICE)
    profile = await buy(background.pool, NOBODY, Purchase(LAST_DAY, 100))
    assert await background.memberships.keys_of(profile) == []
    stored = await checked_row(background.pool, profile)
    assert await background.memberships.keys_of(profile) == []
    assert await checked_row(background.pool, profile) == stored


async def checked_row(pool: asyncpg.Pool, profile: UUID) -> Any:
    query = "SELECT xmin::text, * FROM segment_checks WHERE profile_id = $1"
    return dict(await pool.fetchrow(query, profile))


async def test_new_definition_is_known_at_the_next_question(background: Background) -> None:
    await define(background, "a", TWICE)
    days = [Purchase(LAST_DAY - timedelta(1), 100), Purchase(LAST_DAY, 100)]
    profile = await buy(background.pool, NOBODY, *days)
    assert await background.memberships.keys_of(profile) == ["a"]
    async with background.pool.acquire() as connection:
        await put_segment(connection, "b", NAME, {"not": {"in_segment": "a"}}, None)
        await put_segment(connection, "c", NAME, {"in_segment": "a"}, None)
    assert await background.memberships.keys_of(profile) == ["a", "c"]


async def test_frozen_cut_stays_when_others_buy(background: Background) -> None:
    rank = {"rank": {"of": "spend", "last_days": 365, "top": 0.1}}
    await define(background, "top", rank)
    await background.rounds.go_round()
    (cut,) = await background.pool.fetch("SELECT measure, cut, population FROM segment_cuts")
    assert (cut["measure"], await held(background.pool, "top")) == (
        "spend/365/customers/1000", round(cut["population"] / 10),
    )  # fmt: skip
    inside = await held(background.pool, "top")
    rich = [await buy(background.pool, NOBODY + n, Purchase(LAST_DAY, 10**7)) for n in range(9)]
    await background.memberships.refresh(rich)
    assert await held(background.pool, "top") == inside + 9


async def test_who_was_merged_away_or_erased_is_in_nothing(background: Background) -> None:
    await define(background, "all", metric("orders", "gte", 1))
    gone = [await buy(background.pool, NOBODY + n, Purchase(LAST_DAY, 100)) for n in range(2)]
    await background.memberships.refresh(gone)
    before = await held(background.pool, "all")
    await background.pool.execute(
        "UPDATE customers SET merged_into = $2 WHERE profile_id = $1", gone[0], UUID(int=1)
    )
    await background.pool.execute(
        "UPDATE customers SET erased_at = now() WHERE profile_id = $1", gone[1]
    )
    await background.memberships.refresh([UUID(int=1), gone[1]])
    assert await held(background.pool, "all") == before - 2
    assert await background.memberships.keys_of(gone[1]) == []


async def test_erasure_leaves_nothing_to_decide_segments_from(background: Background) -> None:
    await define(background, "high", {"not": {"tier": {"programme": "value", "in": ["none"]}}})
    profile = await buy(background.pool, NOBODY, Purchase(LAST_DAY, 100))
    await background.memberships.refresh([profile])
    async with background.pool.acquire() as connection:
        removed = await forget(connection, [profile])
    kept = ("segment_members", "segment_checks", "customer_sheets", "customer_standings")
    assert {table: removed[table] for table in kept} == dict.fromkeys(kept, 1)


async def test_sheet_masks_and_joins_as_the_features_do(background: Background) -> None:
    pool = background.pool
    profile = await buy(pool, NOBODY, Purchase(LAST_DAY, 100))
    other = await buy(pool, NOBODY + 1)
    await pool.execute("UPDATE customer_day SET views = 7 WHERE profile_id = $1", profile)
    await pool.execute(
        """
        UPDATE customers SET attributes = '{"a": 1, "b": 2}', merged_into = $1
        WHERE profile_id = $2
        """,
        profile,
        other,
    )
    await pool.execute(
        """UPDATE customers SET attributes = '{"b": 3}' WHERE profile_id = $1""", profile
    )
    await pool.execute(
        "INSERT INTO consents VALUES ($1, 'personalisation', 5, false, 1, $2)", other, NOW
    )
    await keep_sheets(pool, [profile], LAST_DAY)
    row = await pool.fetchrow("SELECT * FROM customer_sheets WHERE profile_id = $1", profile)
    assert await withdrawn_among(pool, [profile]) == {profile}
    assert (row["is_masked"], row["views_0"], row["attributes"]) == (True, None, {"a": 1, "b": 3})
    needs = (await background.rounds._definitions.bound()).needs  # noqa: SLF001 - whatever is asked
    (known,) = await read_known(pool, [profile], LAST_DAY, needs)
    assert dict(known.facts.attributes) == {"a": 1, "b": 3}


@pytest.mark.parametrize("days", [-1, -30])
async def test_clock_set_back_a_while_counts_anew(
    background: Background, shop_url: str, days: int
) -> None:
    await define(background, "twice", TWICE)
    profile = await buy(background.pool, NOBODY, *(
        Purchase(LAST_DAY - timedelta(n), 100) for n in (0, 40)
    ))  # fmt: skip
    await background.memberships.refresh([profile])
    async with later(background.pool, shop_url, days=days) as earlier:
        assert await earlier.memberships.keys_of(profile) == []
