"""Value programmes whose classes are conditions: the presets decide a shop, each way the same."""

from collections import Counter
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.domain.conditions.bind import Bindings, bind
from services.scoring.domain.conditions.evaluate import evaluate
from services.scoring.domain.conditions.facts import CustomerFacts, Sale
from services.scoring.domain.conditions.packed_days import days_of
from services.scoring.domain.tiers.classes import ClassProgramme, read_class_cuts
from services.scoring.domain.tiers.documents import programme_of
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.programmes.presets import packaged_presets
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_release import ReleaseMaker
from services.scoring.usecases.releases.shards import Bulk, Site
from services.scoring.usecases.releases.sweep import Sweeper
from shared.clock import FixedClock
from tests.integration.scoring.conftest import serving
from tests.trained import CUSTOMERS, NOW, no_report, platform_of

PRESETS = packaged_presets()
STORED = """
SELECT profile_id, business_date, level_date, next_change_at, rank, tier_key, since, lifecycle,
    score, state, inputs_hash, answer
FROM tier_current WHERE programme_key = $1 ORDER BY profile_id
"""
LINES = """
INSERT INTO order_lines (profile_id, order_key, line, sku, category)
SELECT profile_id, order_key, 1, 'sku', 'category ' || (sequence % 4) FROM orders
"""


class Classes:
    """A trained shop with one programme of classes published at its last day."""

    def __init__(self, pool: asyncpg.Pool, url: str, key: str) -> None:
        platform = platform_of(url)
        self.pool, self.key = pool, key
        self.platform = platform
        self.catalog = Catalog(pool, platform.secrets.model_signing_key)
        self.bulk = Bulk(Site(url, platform.zone), most_customers=150, chunk=50)

    def day(self, days: int = 0) -> BusinessDay:
        return BusinessDay(FixedClock(NOW + timedelta(days=days)), self.platform.zone)

    async def publish(self) -> None:
        await self.pool.execute(LINES)
        await self.pool.execute(
            "INSERT INTO programmes (programme_key, audience, created_at)"
            " VALUES ($1, 'internal', now())",
            self.key,
        )
        await self.pool.execute(
            "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
            " VALUES ($1, 1, 'published', $2, now())",
            self.key,
            PRESETS[self.key],
        )
        model = (await self.catalog.value_release(1)).model
        assert isinstance(model, ValueModel)
        maker = ReleaseMaker(self.pool, self.catalog, self.day(), self.bulk)
        programme = programme_of(self.key, 1, PRESETS[self.key])
        await maker.release(programme, model, no_report)

    async def stored(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.pool.fetch(STORED, self.key)]

    async def read_all(self, day: BusinessDay) -> None:
        ids = [row[0] for row in await self.pool.fetch("SELECT profile_id FROM customers")]
        decider = Decider(self.pool, self.catalog, day)
        await self.catalog.programme_key(self.key)
        await decider.answers(ids, self.key, day.moment())


@pytest.fixture(params=["pg", "abc", "high-mid-low"])
async def classes(request: pytest.FixtureRequest, pool: asyncpg.Pool, shop_url: str) -> Classes:
    """A shop with one of the presets in force."""
    made = Classes(pool, shop_url, request.param)
    await made.publish()
    return made


async def test_the_first_class_from_the_top_that_holds_is_held(classes: Classes) -> None:
    programme = programme_of(classes.key, 1, PRESETS[classes.key])
    assert isinstance(programme, ClassProgramme)
    thresholds = await classes.pool.fetchval("SELECT thresholds FROM cuts ORDER BY cuts_id DESC")
    bindings = Bindings(cuts=read_class_cuts(programme, thresholds))
    whens = [bind(rule.when, bindings) for rule in programme.rules]
    stored = {row[0]: row for row in await classes.stored()}
    snapshot = await read_snapshot(
        classes.pool,
        sorted(stored),
        classes.key,
        NOW.date(),
        columns=programme.columns,
        with_categories=True,
    )
    for place, customer in enumerate(snapshot.customers):
        facts = CustomerFacts(
            customer.profile_id,
            NOW.date(),
            days_of(snapshot.days, place),
            sales=[Sale(day, "", None, frozenset({(n, "")})) for day, n in customer.categories],
            score=stored[customer.profile_id][8],
        )
        held = [rank for rank, when in enumerate(whens, 1) if evaluate(when, facts)]
        assert stored[customer.profile_id][4] == max(held, default=0)
    assert len(stored) == CUSTOMERS
    assert len(Counter(row[4] for row in stored.values())) == len(programme.tiers)


async def test_a_read_stores_what_the_release_stored(classes: Classes) -> None:
    released = await classes.stored()
    timeline = await classes.pool.fetch("SELECT * FROM tier_timeline ORDER BY profile_id, at")
    await classes.pool.execute("UPDATE tier_current SET decided_version = -1")
    await classes.read_all(classes.day())
    assert await classes.stored() == released
    now = await classes.pool.fetch("SELECT * FROM tier_timeline ORDER BY profile_id, at")
    assert now == timeline


async def test_days_later_a_sweep_and_a_read_of_everything_agree(classes: Classes) -> None:
    for day in (1, 2, 40):
        sweeper = Sweeper(classes.pool, classes.catalog, classes.day(day), classes.bulk)
        await sweeper.sweep()
        swept = await classes.stored()
        # as though all facts were new: nothing is carried on from
        await classes.pool.execute("UPDATE tier_current SET decided_version = -1")
        await classes.read_all(classes.day(day))
        assert await classes.stored() == swept


async def test_the_answer_names_the_rule(classes: Classes, shop_url: str) -> None:
    async with serving(shop_url) as scoring:
        answer = await scoring.client.get(
            "/v1/customers/c-1/tier", params={"programme": classes.key}
        )
    body = answer.json()
    assert body["programme"] == classes.key
    assert body["reasons"][0]["code"] == "class_rule"
    assert all(body["reasons"][0]["text"].values())


async def test_abc_covers_the_shares_of_value(pool: asyncpg.Pool, shop_url: str) -> None:
    abc = Classes(pool, shop_url, "abc")
    await abc.publish()
    rows = await pool.fetch(
        "SELECT t.tier_key, sum(d.net_booked)::bigint AS spend FROM tier_current t"
        " JOIN customer_day d USING (profile_id)"
        " WHERE t.programme_key = 'abc' AND d.business_date > $1"
        " GROUP BY t.profile_id, t.tier_key",
        NOW.date() - timedelta(days=365),
    )
    total = sum(row["spend"] for row in rows)
    ordered = sorted(rows, key=lambda row: -row["spend"])
    before = 0
    for row in ordered:
        expected = "a" if before < 0.8 * total else "b" if before < 0.95 * total else "c"
        assert row["tier_key"] == expected
        before += row["spend"]
