"""Every feature of one customer over HTTP: values, sources, hours, goods and consent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.domain.seen.habits import HABITS
from services.scoring.queries.bases.census import noted_on, read_census
from services.scoring.worker import Background
from shared.contracts.features import EXAMPLE_FEATURES, FeatureAnswer
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY, profile_id, write_customer

SOMEBODY = 900
#: Orders at 10:00 UTC; the store of the last one lies in Shanghai, where that is 18:00.
SOLD = (
    (LAST_DAY - timedelta(days=60), None, (("espresso", "coffee", 300), ("cup", None, 100))),
    (LAST_DAY - timedelta(days=30), None, (("espresso", "coffee", 300),)),
    (LAST_DAY, "s-1", (("oolong", "tea", 900),)),
)
ORDER = (
    "INSERT INTO orders (profile_id, order_key, sequence, effective_at, business_date, store_id,"
    " channel, net) VALUES ($1, $2, 0, $3, $4, $5, 'web', $6)"
)
LINE = (
    "INSERT INTO order_lines (profile_id, order_key, line, sku, category, net)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
)
DAY = (
    "INSERT INTO customer_day (profile_id, business_date, net_booked, sales_net, orders,"
    " online_orders, views) VALUES ($1, $2, $3, $3, 1, 1, 4)"
)
STORE = (
    "INSERT INTO stores (store_id, name, time_zone, kind, updated_at)"
    """ VALUES ('s-1', '{"en": "One", "zh": "一"}', 'Asia/Shanghai', 'store', now())"""
)


async def sell(connection: asyncpg.Connection, profile: UUID) -> None:
    for place, (day, store, lines) in enumerate(SOLD):
        key, net = bytes([place]), sum(amount for *_, amount in lines)
        at = datetime.combine(day, time(10), tzinfo=UTC)
        await connection.execute(ORDER, profile, key, at, day, store, net)
        await connection.execute(DAY, profile, day, net)
        for number, (sku, category, amount) in enumerate(lines):
            await connection.execute(LINE, profile, key, number, sku, category, amount)


@pytest.fixture
async def somebody(pool: asyncpg.Pool) -> UUID:
    """A customer with three orders of four lines, who looks at four pages on each day."""
    async with pool.acquire() as connection:
        await connection.execute(STORE)
        await connection.execute("INSERT INTO shop VALUES (true, 'CNY', now())")
        profile = await write_customer(connection, SOMEBODY)
        await sell(connection, profile)
    return profile


async def sheet(scoring: Scoring, **query: str) -> FeatureAnswer:
    answer = await scoring.client.get(f"/v1/customers/c-{SOMEBODY}/features", params=query)
    assert answer.status_code == 200, answer.text
    return FeatureAnswer.model_validate(answer.json())


def values(answer: FeatureAnswer) -> dict[str, float | None]:
    return {each.name: each.value for each in answer.features}


async def test_sheet_tells_every_feature(scoring: Scoring, somebody: UUID) -> None:
    answer = await sheet(scoring)
    assert [each.name for each in answer.features] == [
        *FEATURE_NAMES,
        *(each.name for each in HABITS),
    ]
    found = values(answer)
    expected = {
        "order_days": 3,
        "net": 1600,
        "recency": 1,
        "views_28d": 4,
        "skus": 3,
        "categories": 2,
        "top_category_share": 0.6,
        "morning_share": 2 / 3,
        "evening_share": 1 / 3,
        "weekend_share": 1 / 3,  # the last day is a Saturday, in Shanghai too
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert (answer.channel, answer.consent_withdrawn) == ("online", False)
    assert answer.business_date == LAST_DAY


async def test_money_is_told_in_the_currency_of_the_shop(scoring: Scoring, somebody: UUID) -> None:
    net = next(each for each in (await sheet(scoring)).features if each.name == "net")
    assert net.money is not None
    assert (net.money.amount, net.money.currency) == ("16.00", "CNY")
    assert net.label.zh
    assert net.sources == ["customer_day.net_booked"]


async def test_past_date_sees_nothing_after_it(scoring: Scoring, somebody: UUID) -> None:
    day = LAST_DAY - timedelta(days=30)
    found = values(await sheet(scoring, business_date=day.isoformat()))
    assert (found["order_days"], found["net"], found["skus"], found["evening_share"]) == (
        2,
        700,
        2,
        0,
    )


@pytest.mark.parametrize("day", [(LAST_DAY + timedelta(days=1)).isoformat(), "yesterday"])
async def test_future_date_and_no_date_are_refused(
    scoring: Scoring, somebody: UUID, day: str
) -> None:
    answer = await scoring.client.get(
        f"/v1/customers/c-{SOMEBODY}/features", params={"business_date": day}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/business_date"


async def test_unknown_customer_is_not_found(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/customers/nobody/features")).status_code == 404


async def test_withdrawn_consent_removes_behaviour_and_keeps_purchases(
    scoring: Scoring, somebody: UUID, pool: asyncpg.Pool
) -> None:
    await pool.execute(
        "INSERT INTO consents VALUES ($1, 'personalisation', 1, false, 2, now())", somebody
    )
    answer = await sheet(scoring)
    removed = {each.name for each in answer.features if each.state == "removed_by_consent"}
    assert {"views_28d", "browse_to_buy", "evening_share", "early_share", "referrals"} <= removed
    assert removed == {each.name for each in answer.features if each.value is None}
    assert values(answer)["net"] == 1600
    assert (answer.consent_withdrawn, answer.buyer_type.key) == (True, "not_shown")


async def test_census_names_what_the_shop_never_sent(
    scoring: Scoring, somebody: UUID, background: Background, pool: asyncpg.Pool
) -> None:
    assert await background.census.nightly()
    assert not await background.census.nightly()
    assert await noted_on(pool) == LAST_DAY
    census = await read_census(pool)
    assert (census["views"], census["cost"]) == (SOLD[0][0], None)
    assert census["order_lines.category"] == SOLD[0][0]
    states = {each.name: each.state for each in (await sheet(scoring)).features}
    assert (states["margin"], states["views_28d"], states["carts_28d"]) == (
        "source_never_seen",
        "known",
        "source_never_seen",
    )


async def test_early_buying_counts_articles_launched_since_the_shop_is_known(
    scoring: Scoring, somebody: UUID, background: Background, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        first = SOLD[0][0] - timedelta(days=100)
        await connection.execute(ORDER, profile_id(0), b"\x01", datetime.now(UTC), first, None, 1)
        await connection.execute(LINE, profile_id(0), b"\x01", 0, "cup", None, 1)
    await background.census.nightly()
    answer = await sheet(scoring)
    # the cup is as old as the shop; espresso was bought at launch and 30 days on, oolong at launch
    assert values(answer)["early_share"] == pytest.approx(2 / 3)
    assert answer.buyer_type.key == "early_bird"


async def test_voided_order_is_no_habit(
    scoring: Scoring, somebody: UUID, pool: asyncpg.Pool
) -> None:
    await pool.execute("UPDATE orders SET is_void = true WHERE store_id = 's-1'")
    found = values(await sheet(scoring))
    assert (found["skus"], found["evening_share"]) == (2, 0)


async def test_sheet_needs_neither_a_model_nor_a_fact(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await write_customer(connection, SOMEBODY)
    await connection.close()
    async with serving(database_url) as scoring:
        answer = await sheet(scoring)
    assert set(values(answer).values()) == {0}
    assert (answer.channel, answer.buyer_type.key) == (None, "not_enough_data")


def test_example_is_an_answer() -> None:
    example: dict[str, Any] = EXAMPLE_FEATURES
    assert FeatureAnswer.model_validate(example).business_date == date(2026, 11, 22)
