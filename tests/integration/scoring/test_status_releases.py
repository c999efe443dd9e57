"""A release of a status programme decides everybody, and one gone back to is brought up to date."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from services.scoring.domain.life.promotion import Order
from services.scoring.queries.bases.whole_days import EVERYBODY
from services.scoring.queries.bases.whole_entries import RangeEntries, read_entries
from services.scoring.queries.models.models import live_version
from services.scoring.queries.releases.rollback import Step, flip_back
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_status import StatusDecider
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_status_release import StatusReleaseMaker
from services.scoring.usecases.releases.shards import Bulk, Site
from services.scoring.worker import make_background
from shared.clock import clock_from
from tests.fakes import FakeClock
from tests.integration.scoring.conftest import serving
from tests.shop_facts import profile_id
from tests.status_shop import CLUB, add_version, club, merge, publish, sell, take_back, told_to
from tests.trained import NOW, no_report, platform_of

DAY = timedelta(days=1)
HARDER = club(tiers=[{"key": "regular"}, {"key": "silver", "enter": {"all": {"stars": 1000}}}])


def maker(pool: asyncpg.Pool, url: str) -> StatusReleaseMaker:
    statuses = make_background(pool, platform_of(url)).publisher.statuses
    assert isinstance(statuses, StatusReleaseMaker)
    return statuses


async def stored(pool: asyncpg.Pool, index: int, release_id: int) -> tuple[str, int]:
    row = await pool.fetchrow(
        "SELECT tier_key, decided_version FROM tier_current WHERE profile_id = $1"
        " AND programme_key = $2 AND release_id = $3",
        profile_id(index),
        CLUB,
        release_id,
    )
    return row["tier_key"], row["decided_version"]


async def entries_of(pool: asyncpg.Pool) -> RangeEntries:
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        return await read_entries(connection, EVERYBODY)


async def test_entries_of_the_base_are_those_of_its_customers(pool: asyncpg.Pool) -> None:
    first, second = await sell(pool, 3, 120, NOW - DAY), await sell(pool, 3, 80, NOW)
    await take_back(pool, first, NOW + DAY)
    gone = await sell(pool, 5, 10)
    await merge(pool, 5, 4)
    found = await entries_of(pool)
    assert len(found) == 399
    per_customer = found.of(0, 6)
    assert [len(rows) for rows in per_customer] == [0, 0, 0, 3, 1, 0]
    assert {(row.at, row.known_at, row.spend, row.reverses) for row in per_customer[3]} == {
        (first.at, first.at, 12_000, None),
        (second.at, second.at, 8_000, None),
        (first.at, NOW + DAY, -12_000, first.entry_id),
    }
    assert per_customer[4][0].entry_id == gone.entry_id


async def test_a_schedule_names_every_version_that_took_effect(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, now=NOW - DAY)
    second = await publish(pool, shop_url, HARDER, version=2)
    schedule = await pool.fetchval("SELECT schedule FROM releases WHERE release_id = $1", second)
    assert schedule == [
        {"version": 1, "since": None},
        {"version": 2, "since": NOW.isoformat()},
    ]


async def test_the_last_three_releases_stay(pool: asyncpg.Pool, shop_url: str) -> None:
    made = [await publish(pool, shop_url, version=n, now=NOW - DAY / n) for n in range(1, 6)]
    kept = await pool.fetch(
        "SELECT DISTINCT release_id FROM tier_current WHERE programme_key = $1 ORDER BY 1", CLUB
    )
    assert [row[0] for row in kept] == made[-3:]


async def test_a_version_judges_what_is_bought_under_it(pool: asyncpg.Pool, shop_url: str) -> None:
    await publish(pool, shop_url, now=NOW - DAY)
    await sell(pool, 3, 620, NOW - DAY / 2)
    await publish(pool, shop_url, HARDER, version=2, now=NOW - DAY / 4)
    await sell(pool, 4, 620, NOW - DAY / 8)
    async with serving(shop_url) as scoring:
        paths = [f"/v1/customers/c-{index}/tier?programme={CLUB}" for index in (3, 4)]
        answers = [(await scoring.client.get(path)).json() for path in paths]
    assert [answer["tier"]["key"] for answer in answers] == ["silver", "regular"]
    assert await told_to(pool, 3) == [
        (None, "regular", "first_decision"),
        ("regular", "silver", "release"),
    ]


async def test_a_release_gone_back_to_knows_what_happened_meanwhile(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await sell(pool, 3, 300, NOW - 2 * DAY)
    first = await publish(pool, shop_url, now=NOW - DAY)
    await publish(pool, shop_url, HARDER, version=2)
    await sell(pool, 3, 300)
    assert (await stored(pool, 3, first))[0] == "regular"
    await pool.execute(
        "UPDATE live_releases SET release_id = $1 WHERE programme_key = $2", first, CLUB
    )
    assert await maker(pool, shop_url).come_back(CLUB, first) == 1
    assert (await stored(pool, 3, first))[0] == "silver"
    due = await pool.fetch("SELECT profile_id FROM due_reviews WHERE programme_key = $1", CLUB)
    assert [row[0] for row in due] == [profile_id(3)]


async def test_a_release_that_stands_needs_nobody_decided(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    release_id = await publish(pool, shop_url)
    assert await maker(pool, shop_url).come_back(CLUB, release_id) == 0


async def test_a_value_release_is_left_to_the_sweep(pool: asyncpg.Pool, shop_url: str) -> None:
    assert await maker(pool, shop_url).come_back("value", 1) == 0


async def test_a_model_goes_into_force_beside_programmes_of_rules(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    release_id = await publish(pool, shop_url)
    await pool.execute("UPDATE programmes SET is_default = (programme_key = $1)", CLUB)
    parts = make_background(pool, platform_of(shop_url))
    before = await live_version(pool)
    order = Order("tests", overrides=True)
    trained = await parts.trainer.train(no_report, order)
    await parts.trainer.promote(str(trained["model_version"]), no_report, order)
    await parts.sweeper.sweep_again()
    live = dict(await pool.fetch("SELECT programme_key, release_id FROM live_releases"))
    assert live[CLUB] == release_id
    statuses = dict(await pool.fetch("SELECT model_version, status FROM models"))
    assert statuses == {before: "retired", trained["model_version"]: "live"}
    assert await live_version(pool) == trained["model_version"]


async def test_people_who_come_while_a_base_is_decided_are_not_left_out(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    release_id = await publish(pool, shop_url)
    newcomer = UUID(int=10**9)
    await pool.execute(
        "INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)"
        " VALUES ($1, 'late', 1, now(), now())",
        newcomer,
    )
    await maker(pool, shop_url).come_back(CLUB, release_id)
    found = await pool.fetchval(
        "SELECT tier_key FROM tier_current WHERE profile_id = $1 AND release_id = $2",
        newcomer,
        release_id,
    )
    assert found == "regular"


@pytest.mark.slow
async def test_processes_decide_a_base_as_one_alone_does(pool: asyncpg.Pool, shop_url: str) -> None:
    for index in range(0, 400, 3):
        await sell(pool, index, 100 + 10 * index, NOW - index * DAY)
    await publish(pool, shop_url)
    parts = make_background(pool, platform_of(shop_url))
    day = BusinessDay(clock_from(NOW.isoformat()), platform_of(shop_url).zone)
    site = Site(shop_url, platform_of(shop_url).zone)
    bulk = Bulk(site, jobs=2, most_customers=100, chunk=50)
    shared = StatusReleaseMaker(pool, parts.catalog, day, bulk, parts.decider.status)
    await add_version(pool, CLUB, 2, club())
    second = await shared.release(CLUB, 2, no_report)
    decided = """
        SELECT release_id, array_agg((profile_id, tier_key, since, status, valid_until, state)::text
            ORDER BY profile_id) AS rows
        FROM tier_current WHERE programme_key = $1 GROUP BY release_id ORDER BY release_id
        """
    first, other = await pool.fetch(decided, CLUB)
    assert other["release_id"] == second
    assert other["rows"] == first["rows"]


async def test_what_is_bought_while_a_version_is_computed_is_judged_by_the_one_in_force(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, now=NOW - DAY)
    await add_version(pool, CLUB, 2, HARDER)
    clock = FakeClock(NOW)
    platform = platform_of(shop_url)
    catalog = Catalog(pool, platform.secrets.model_signing_key)
    day = BusinessDay(clock, platform.zone)
    decider = StatusDecider(pool, catalog, day)
    bulk = Bulk(Site(shop_url, platform.zone))

    async def buy_meanwhile(_: float, __: str) -> None:
        if clock.instant == NOW:
            await sell(pool, 3, 620, NOW + timedelta(seconds=5))
            clock.advance(minutes=1)

    made = await StatusReleaseMaker(pool, catalog, day, bulk, decider).release(
        CLUB, 2, buy_meanwhile
    )
    assert (await stored(pool, 3, made))[0] == "silver"
    schedule = await pool.fetchval("SELECT schedule FROM releases WHERE release_id = $1", made)
    assert schedule[-1]["since"] == clock.instant.isoformat()


async def test_a_rollback_during_a_publication_is_not_undone_by_it(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    first = await publish(pool, shop_url, now=NOW - 2 * DAY)
    second = await publish(pool, shop_url, HARDER, version=2, now=NOW - DAY)
    await add_version(pool, CLUB, 3, club())
    step = Step(CLUB, second, "", first, "", keeps_rules=False)
    done: list[bool] = []

    async def roll_back_once(_: float, __: str) -> None:
        if not done:
            async with pool.acquire() as connection, connection.transaction():
                done.append(await flip_back(connection, step))

    third = await maker(pool, shop_url).release(CLUB, 3, roll_back_once)
    assert done == [True]
    row = await pool.fetchrow(
        "SELECT schedule, previous_release_id FROM live_releases JOIN releases"
        " USING (release_id) WHERE release_id = $1",
        third,
    )
    assert [each["version"] for each in row["schedule"]] == [1, 3]
    assert row["previous_release_id"] == first
