"""A shop's own backtest: judged on its facts, kept with its model, answered beside every tier."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number, pack_days
from services.scoring.errors import CannotTrain
from services.scoring.model.backtests.backtest import run_backtest
from services.scoring.model.backtests.document import Judged
from services.scoring.model.backtests.population import NamedDays
from services.scoring.model.errors import FileRefused
from services.scoring.queries.bases.whole_base import first_business_day
from services.scoring.usecases.backtest_shop import (
    AsKnown,
    Backtester,
    Wanted,
    known_to,
    read_shop,
)
from services.scoring.usecases.business_day import BusinessDay
from shared.clock import clock_from
from shared.contracts.backtest import BacktestDocument
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import HISTORY_DAYS, LAST_DAY, make_shop, profile_id, write_customer
from tests.trained import CUSTOMERS, platform_of, raw_pool

VERSION = f"{LAST_DAY}-1"
CUTOFF = LAST_DAY - timedelta(days=91)
LOOK = "INSERT INTO customer_day (profile_id, business_date, views) VALUES ($1, $2, 3)"
WITHDRAW = "INSERT INTO consents VALUES ($1, 'personalisation', 1, false, 2, now())"
Then = dict[UUID, Mapping[date, Mapping[str, int]]]


@dataclass(slots=True)
class FakeKnownThen:
    """Says what it is told to; the real one is tested beside the events it reads."""

    days: Then = field(default_factory=dict)
    asked: list[tuple[datetime, date]] = field(default_factory=list)

    async def count_late(self, pool: asyncpg.Pool, since: datetime, before: date) -> int:
        del pool, since, before
        return len(self.days)

    async def changed(
        self, pool: asyncpg.Pool, since: datetime, before: date
    ) -> AsyncIterator[tuple[UUID, Mapping[date, Mapping[str, int]]]]:
        del pool
        self.asked.append((since, before))
        for customer, days in self.days.items():
            yield customer, days


def quiet(done: float, text: str) -> None:
    """Progress nobody looks at."""


def backtester(pool: asyncpg.Pool, url: str) -> Backtester:
    platform = platform_of(url)
    return Backtester(pool, BusinessDay(clock_from(platform.business_now), platform.zone), "CNY")


async def judged(pool: asyncpg.Pool, url: str, wanted: Wanted = Wanted()) -> Judged:  # noqa: B008 - immutable
    return await backtester(pool, url).judge(wanted, quiet)


def test_the_fake_is_what_the_use_case_asks_for() -> None:
    assert isinstance(FakeKnownThen(), AsKnown)


async def test_rehearsal_is_the_answer_until_a_backtest_is_asked_for(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    before = (await scoring.client.get(f"/v1/models/{VERSION}/backtest")).json()
    assert before["kind"] == "rehearsal"
    assert [each["key"] for each in before["contenders"]] == [
        "tierline",
        "decayed",
        "past",
        "rfm",
        "btyd",
    ]
    assert all(each["accuracy"]["gini"] is not None for each in before["contenders"])
    assert len(before["deciles"]) == len(before["chances"]) == 10
    assert [row["predicted"] for row in before["confusion"]] == ["high", "mid", "low"]
    assert (before["until"], before["card"]["features"] != []) == (str(LAST_DAY), True)
    kept = await judged(pool, scoring.url)
    after = (await scoring.client.get(f"/v1/models/{VERSION}/backtest")).json()
    assert kept.is_kept
    assert BacktestDocument.model_validate(after) == kept.document
    assert (after["kind"], after["model_version"]) == ("backtest", VERSION)
    assert (after["cutoff"], after["until"]) == (str(CUTOFF), str(LAST_DAY))
    assert (after["currency"], after["as_known"]) == ("CNY", None)


async def test_figures_are_those_of_the_same_days_from_elsewhere(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    """The database is read as it is: the same shop as arrays gives the same bits."""
    kept = await judged(pool, shop_url)
    days = make_shop(CUSTOMERS, mean_orders=12).days
    names = [f"c-{index}" for index in range(CUSTOMERS)]
    found = run_backtest(NamedDays(names, before(days, LAST_DAY)), CUTOFF, LAST_DAY)
    order = [kept.found.customer_ids.index(name) for name in found.customer_ids]
    assert sorted(order) == list(range(len(order)))
    assert kept.found.scores.value[order].tolist() == found.scores.value.tolist()
    assert kept.found.spend[order].tolist() == found.spend.tolist()


def before(days: CustomerDays, day: date) -> CustomerDays:
    """Leave out the days of a date and after."""
    kept = days.date < day_number(day)
    counts = np.add.reduceat(kept.astype(np.int64), days.offsets[:-1])
    columns = {name: getattr(days, name)[kept] for name in COLUMNS}
    return pack_days(np.concatenate(([0], np.cumsum(counts))), days.date[kept], **columns)


async def test_page_is_kept_and_served_safely(scoring: Scoring, pool: asyncpg.Pool) -> None:
    address, wish = f"/v1/models/{VERSION}/backtest", {"Accept": "text/html"}
    drawn = await scoring.client.get(address, headers=wish)
    assert "Rehearsal at training" in drawn.text
    await judged(pool, scoring.url)
    page = await scoring.client.get(address, headers=wish)
    stored = await pool.fetchval("SELECT report FROM evaluations WHERE kind = 'backtest'")
    assert page.content == stored
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["vary"] == "Accept"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_unknown_model_has_no_backtest(scoring: Scoring) -> None:
    for accept in ("application/json", "text/html"):
        answer = await scoring.client.get("/v1/models/nope/backtest", headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_latest_backtest_is_the_answer(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await judged(pool, scoring.url)
    cutoff = CUTOFF - timedelta(days=30)
    await judged(pool, scoring.url, Wanted(cutoff, CUTOFF))
    found = (await scoring.client.get(f"/v1/models/{VERSION}/backtest")).json()
    assert (found["cutoff"], found["until"]) == (str(cutoff), str(CUTOFF))
    assert await pool.fetchval("SELECT count(*) FROM evaluations WHERE kind = 'backtest'") == 2


async def test_what_was_not_known_then_changes_the_second_figures_only(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    """A third of the customers are unknown then: they are gone from the second population."""
    gone: Then = {profile_id(index): {} for index in range(0, CUSTOMERS, 3)}
    fake = FakeKnownThen(gone)
    plain = (await judged(pool, shop_url)).document
    found = (await judged(pool, shop_url, Wanted(known_then=fake))).document
    assert fake.asked == [(datetime(CUTOFF.year, CUTOFF.month, CUTOFF.day, tzinfo=UTC), CUTOFF)]
    assert found.as_known is not None
    assert found.as_known.rows_left_out == len(gone)
    assert found.as_known.customers < found.customers
    assert found.as_known.accuracy != found.contenders[0].accuracy
    assert found.contenders == plain.contenders


async def test_nothing_known_then_is_told_in_a_sentence(pool: asyncpg.Pool, shop_url: str) -> None:
    nothing: Then = {profile_id(index): {} for index in range(CUSTOMERS)}
    found = (await judged(pool, shop_url, Wanted(known_then=FakeKnownThen(nothing)))).document
    assert found.as_known is not None
    assert found.as_known.refused is not None
    assert f"Without the {len(nothing):,} rows that arrived" in found.as_known.refused
    assert "outside the data" in found.as_known.refused


async def test_shop_without_a_model_is_judged_and_nothing_kept(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await pool.execute("DELETE FROM live_releases")
    found = await judged(pool, shop_url)
    assert not found.is_kept
    assert found.document.model_version == "backtest"
    assert await pool.fetchval("SELECT count(*) FROM evaluations WHERE kind = 'backtest'") == 0


async def test_shop_without_purchases_cannot_be_judged(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        with pytest.raises(CannotTrain, match="no purchases"):
            await judged(pool, database_url)


async def test_impossible_dates_are_refused(pool: asyncpg.Pool, shop_url: str) -> None:
    early = LAST_DAY - timedelta(days=HISTORY_DAYS + 10)
    with pytest.raises(FileRefused, match="outside the data"):
        await judged(pool, shop_url, Wanted(early, LAST_DAY))


async def test_merged_customers_are_not_judged_twice(pool: asyncpg.Pool, shop_url: str) -> None:
    del shop_url
    await pool.execute(
        "UPDATE customers SET merged_into = $1 WHERE profile_id = $2", profile_id(1), profile_id(0)
    )
    shop = await read_shop(pool, LAST_DAY)
    assert "c-0" not in shop.named.customer_ids
    assert len(shop.profile_ids) == CUSTOMERS - 1


async def test_who_only_looked_is_no_customer_and_begins_no_history(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    """Visitors who never bought are ranked last with ease: they would flatter every figure."""
    plain = (await judged(pool, shop_url)).document
    first = await first_business_day(pool)
    assert first is not None
    for index in range(CUSTOMERS, CUSTOMERS + 100):
        async with pool.acquire() as connection:
            visitor = await write_customer(connection, index)
            await connection.execute(LOOK, visitor, first - timedelta(days=index))
    await pool.execute(WITHDRAW, profile_id(CUSTOMERS))
    found = (await judged(pool, shop_url)).document
    assert found.card.trained_from == first
    assert (found.customers, found.contenders) == (plain.customers, plain.contenders)


async def test_what_was_known_then_is_blank_too_for_who_withdrew(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    del shop_url
    await pool.execute(WITHDRAW, profile_id(1))
    shop = await read_shop(pool, LAST_DAY)
    looked = {CUTOFF - timedelta(days=9): {"views": 3, "orders": 1}}
    found = await known_to(pool, shop, CUTOFF, {0: looked, 1: looked})
    assert shop.profile_ids[:2] == [profile_id(0), profile_id(1)]
    views = [found.days.views[found.days.offsets[at] : found.days.offsets[at + 1]] for at in (0, 1)]
    assert [int(each.sum()) for each in views] == [3, 0]


async def test_indices_are_judged_on_what_training_reads(pool: asyncpg.Pool, shop_url: str) -> None:
    await pool.execute("UPDATE customer_day SET referrals = 1 WHERE net_booked % 4 = 0")
    found = (await judged(pool, shop_url)).found.trained.model.indices.figures()
    assert found["influence"]["reason"] != "not_recorded"
