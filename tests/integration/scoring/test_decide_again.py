"""Past decisions are made again from stored versions, and every one comes out the same."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

import asyncpg
import httpx

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from services.ingest.usecases.rebuilds.as_known import DaysKnownThen
from services.scoring.domain.tiers.documents import programme_of
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT
from services.scoring.model.value_model import ValueModel
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_again import Examiner, KnowsThen
from services.scoring.usecases.programmes.presets import packaged_presets
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_release import ReleaseMaker
from services.scoring.usecases.releases.shards import Bulk, Site
from shared.clock import FixedClock
from tests.integration.scoring.conftest import Scoring, serving
from tests.servers import add_key
from tests.status_shop import CLUB, club, publish
from tests.tills import back, event, line, order, receipt
from tests.trained import NOW, no_report, platform_of

PEOPLE = [f"p-{number}" for number in range(1, 9)]
PROGRAMMES = ("value", "pg", CLUB)
ROUNDS = 12


class Life:
    """Some customers living through days of receipts, returns, merges and pins."""

    def __init__(self, pool: asyncpg.Pool, url: str) -> None:
        self.pool, self.url = pool, url
        self.draw = Random(5)
        self.number = 1000
        self.sold: list[dict[str, Any]] = []
        self.merges: list[str] = []

    def at(self, day: int) -> datetime:
        return NOW + timedelta(days=day)

    @asynccontextmanager
    async def till(self, day: int) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(IngestSettings(), platform_of(self.url, self.at(day).isoformat()))
        headers = {"Authorization": f"Bearer {add_key(self.url, 'admin')}"}
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://i", headers=headers) as http,
        ):
            yield http

    async def live(self, day: int) -> None:
        async with (
            self.till(day) as till,
            serving(self.url, self.at(day).isoformat()) as scoring,
        ):
            for step in range(5):
                await self.buy(till, day)
                if step == 1:
                    await self._return(till, day)
                    await self._merge(till, day)
                if step == 2:
                    await self._decide_by_hand(scoring, day)
                await self._read(scoring)

    async def _post(self, till: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
        answer = await till.post(path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def buy(self, till: httpx.AsyncClient, day: int) -> None:
        receipts = []
        for person in self.draw.sample(PEOPLE, 4):
            late = self.draw.choice([0, 0, 0, 1, 9])
            when = self.at(day - late) - timedelta(hours=self.draw.randint(1, 8))
            self.number += 1
            net = f"{self.draw.randint(20, 900)}.00"
            goods = line(sku=self.draw.choice("abc"), net=net) | {
                "category": self.draw.choice(("tea", "cups", "hats"))
            }
            sale = receipt(
                self.number,
                customer={"customer_id": person},
                lines=[goods],
                business_date=f"{when:%Y-%m-%d}",
                occurred_at=when.isoformat(),
            )
            self.sold.append(sale)
            receipts.append(sale)
        found = await self._post(till, "/v1/receipts", {"receipts": receipts})
        assert found["accepted"] == len(receipts)

    async def _return(self, till: httpx.AsyncClient, day: int) -> None:
        if day % 2:
            sale = self.draw.choice(self.sold)
            self.number += 1
            when = self.at(day) - timedelta(minutes=30)
            # brought back by whoever comes
            returned = back(
                self.number,
                sale,
                lines=sale["lines"],
                customer={"customer_id": self.draw.choice(PEOPLE)},
                business_date=f"{when:%Y-%m-%d}",
                occurred_at=when.isoformat(),
            )
            await self._post(till, "/v1/receipts", {"receipts": [returned]})

    async def _merge(self, till: httpx.AsyncClient, day: int) -> None:
        if day in {1, 3}:
            loser, winner = (PEOPLE[0], PEOPLE[1]) if day == 1 else (PEOPLE[1], PEOPLE[2])
            body = {"loser": {"customer_id": loser}, "winner": {"customer_id": winner}}
            self.merges.append((await self._post(till, "/v1/merges", body))["merge_id"])
        if day in {5, 6}:
            answer = await till.delete(f"/v1/merges/{self.merges.pop()}")
            assert answer.status_code == 200
        if day == 2:
            paid = order(f"m-{day}", "fee", occurred_at=f"{self.at(day):%Y-%m-%dT10:00:00Z}")
            joined = event("e-join", "membership_paid", programme="club", order_id="fee", months=1)
            who = {"customer": {"customer_id": PEOPLE[3]}}
            when = {"occurred_at": f"{self.at(day):%Y-%m-%dT10:00:00Z}"}
            events = [paid | who | when, joined | who | when]
            events[0]["properties"].pop("occurred_at", None)
            await self._post(till, "/v1/events", {"events": events})
        if day == 4:
            refund = event("e-refund", "order_refunded", order_id="fee")
            when = {"occurred_at": f"{self.at(day):%Y-%m-%dT10:00:00Z}"}
            who = {"customer": {"customer_id": PEOPLE[3]}}
            await self._post(till, "/v1/events", {"events": [refund | who | when]})

    async def _decide_by_hand(self, scoring: Scoring, day: int) -> None:
        person = PEOPLE[day % len(PEOPLE)]
        tiers = {"value": ("low", "mid", "high"), CLUB: ("regular", "silver", "gold")}
        for programme, keys in tiers.items():
            body = {
                "programme": programme,
                "mode": self.draw.choice(("floor", "ceiling", "exact")),
                "tier": self.draw.choice(keys),
                "reason": "A test of memory",
                "ends_at": self.draw.choice(
                    (None, (self.at(day) + timedelta(hours=30)).isoformat())
                ),
            }
            asked = {name: value for name, value in body.items() if value is not None}
            given = await scoring.client.post(f"/v1/customers/{person}/pins", json=asked)
            assert given.status_code == 201, given.text
            before = PEOPLE[(day - 2) % len(PEOPLE)]
            await scoring.client.delete(
                f"/v1/customers/{before}/pins", params={"programme": programme}
            )

    async def _read(self, scoring: Scoring) -> None:
        for programme in PROGRAMMES:
            body = {"customer_ids": PEOPLE, "programme": programme}
            answer = await scoring.client.post("/v1/tiers/query", json=body)
            assert answer.status_code == 200, answer.text

    async def release(self, day: int, version: int) -> None:
        """Publish every programme anew at a date."""
        platform = platform_of(self.url)
        catalog = Catalog(self.pool, platform.secrets.model_signing_key)
        model = (await catalog.value_release(1)).model
        assert isinstance(model, ValueModel)
        clock = BusinessDay(FixedClock(self.at(day)), platform.zone)
        maker = ReleaseMaker(self.pool, catalog, clock, Bulk(Site(self.url, platform.zone)))
        for key, document in (("value", VALUE_DOCUMENT), ("pg", packaged_presets()["pg"])):
            changed = dict(document) | {"fall_after_days": version}
            await self.pool.execute(
                "INSERT INTO programmes (programme_key, audience, created_at)"
                " VALUES ($1, 'internal', now()) ON CONFLICT DO NOTHING",
                key,
            )
            await self.pool.execute(
                "INSERT INTO programme_versions (programme_key, version, status, document,"
                " created_at) VALUES ($1, $2, 'published', $3, now())",
                key,
                version + 10,
                changed,
            )
            await maker.release(programme_of(key, version + 10, changed), model, no_report)
        tiers = club()["tiers"]
        tiers[1]["enter"] = {"all": {"stars": 400 * version}}
        document = club(tiers=tiers)
        await publish(self.pool, self.url, document, version=version, now=self.at(day))


async def nobody_waits(_: int) -> None:
    """Progress nobody looks at."""


async def lived(pool: asyncpg.Pool, url: str) -> Examiner:
    """Live twelve days through two releases of every programme; give who decides it all again."""
    life = Life(pool, url)
    async with life.till(0) as till:
        for person in PEOPLE:
            await till.put(f"/v1/customers/{person}", json={})
        await life.buy(till, 0)
    await life.release(0, 1)
    for day in range(ROUNDS):
        if day == 4:
            await life.release(day, 2)
        await life.live(day)
    # of the others facts were written without a log
    await pool.execute(
        "DELETE FROM tier_history h USING customers c"
        " WHERE c.profile_id = h.profile_id AND c.customer_id NOT LIKE 'p-%'"
    )
    platform = platform_of(url)
    catalog = Catalog(pool, platform.secrets.model_signing_key)
    then = BusinessDay(FixedClock(life.at(ROUNDS)), platform.zone)
    return Examiner(pool, catalog, then, cast(KnowsThen, DaysKnownThen()))


async def test_every_past_decision_comes_out_the_same(pool: asyncpg.Pool, shop_url: str) -> None:
    examiner = await lived(pool, shop_url)
    examined = await examiner.examine(None, seed="", limit=10_000, done=nobody_waits)
    assert not [(again.past, again.tier_now) for again in examined if not again.is_same]
    assert all(again.has_same_inputs for again in examined)
    kinds = Counter(again.past.programme_key for again in examined)
    assert min(kinds[key] for key in PROGRAMMES) >= 15
    assert len({again.past.release_id for again in examined}) >= 6
    # and one that was not decided so is found
    await pool.execute("UPDATE tier_history SET tier_to = 'mid' WHERE tier_to = 'gold'")
    again = await examiner.examine(CLUB, seed="", limit=10_000, done=nobody_waits)
    assert not all(each.is_same for each in again)
