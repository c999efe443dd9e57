"""Sessions in a shop with a programme of published rules beside the internal one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.scoring.settings import ScoringSettings
from services.scoring.usecases.steady.places import snapshot_key
from services.scoring.usecases.steady.write_snapshot import write_snapshot
from shared.clock import clock_from
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import profile_id
from tests.status_shop import club, publish, sell
from tests.trained import platform_of

FREE_COFFEE = {
    "key": "free-coffee",
    "kind": "gift",
    "name": {"en": "A free coffee", "zh": "免费咖啡"},
    "tiers": ["silver", "gold"],
    "quota": {"count": 1, "per": "month"},
}
CHEAPER = {
    "key": "cheaper",
    "kind": "price",
    "name": {"en": "5 % off", "zh": "九五折"},
    "tiers": ["silver", "gold"],
    "price": {"percent": "5"},
}


@dataclass(slots=True)
class Club:
    """The service on a shop with a club."""

    scoring: Scoring
    pool: asyncpg.Pool
    path: Path

    async def opened(self, **body: Any) -> dict[str, Any]:
        asked = {"customer": {"customer_id": "c-1"}, "channel": "web", **body}
        answer = await self.scoring.client.post("/v1/sessions", json=asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def own(self, token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        answer: httpx.Response = await self.scoring.client.get("/v1/session/tier", headers=headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def take_away(self) -> None:
        state = self.scoring.app.state
        platform = platform_of(self.scoring.url)
        clock = clock_from(platform.business_now)
        await write_snapshot(self.pool, self.path, snapshot_key(platform.secrets), clock)
        state.steady.last_known.refresh()
        for part in (state.sessions, state.desk, state.pool):
            await part.close()


@pytest.fixture
async def house(shop_url: str, pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[Club]:
    await pool.execute("DELETE FROM entries WHERE profile_id = $1", profile_id(1))
    await publish(pool, shop_url, club(benefits=[FREE_COFFEE, CHEAPER]))
    path = tmp_path / "last-known"
    settings = ScoringSettings(snapshot_file=str(path), max_stale_s=3600)
    async with serving(shop_url, settings=settings) as scoring:
        yield Club(scoring, pool, path)


def tiers_of(told: dict[str, Any], part: str) -> dict[str, str]:
    return {each["programme"]: each[part]["key"] for each in told["tiers"]}


async def test_every_programme_is_told_and_one_alone_when_asked_for(house: Club) -> None:
    told = await house.opened()
    assert set(tiers_of(told, "current")) == {"value", "club"}
    assert set(tiers_of(await house.opened(programmes=["club"]), "current")) == {"club"}


async def test_a_sale_raises_the_sessions_tier_at_once(house: Club) -> None:
    begun = await house.opened()
    assert tiers_of(begun, "pinned")["club"] == "regular"
    await sell(house.pool, 1, 600)
    risen = await house.opened(token=begun["token"])
    assert tiers_of(risen, "pinned")["club"] == tiers_of(risen, "current")["club"] == "silver"


async def test_a_page_sees_what_is_missing_and_its_benefits_but_no_class(house: Club) -> None:
    await sell(house.pool, 1, 600)
    seen = await house.own((await house.opened())["token"])
    (tier,) = seen["tiers"]
    assert (tier["programme"], tier["tier"]["key"]) == ("club", "silver")
    needs = tier["progress"]["next"]["needs"]
    assert (needs, list(tier["progress"])) == ([{"metric": "stars", "missing": "1900"}], ["next"])
    (entitled,) = seen["entitlements"]
    assert [each["key"] for each in entitled["benefits"]] == ["free-coffee", "cheaper"]
    assert entitled["benefits"][0]["quota"]["left"] == 1


async def test_benefits_go_by_the_tier_the_session_keeps(house: Club) -> None:
    bought = await sell(house.pool, 1, 600)
    begun = await house.opened()
    await house.pool.execute("DELETE FROM entries WHERE entry_id = $1", bought.entry_id)
    await house.pool.execute(
        "UPDATE customers SET version = version + 1 WHERE profile_id = $1", profile_id(1)
    )
    kept = await house.opened(token=begun["token"], include=["entitlements"])
    assert tiers_of(kept, "current")["club"] == "regular"
    entitled = {each["programme"]: each for each in kept["entitlements"]}
    assert (entitled["club"]["tier"], len(entitled["club"]["benefits"])) == ("silver", 2)
    (own,) = (await house.own(kept["token"]))["tiers"]
    # the way up from what is earned leads to what the page shows as held
    assert (own["tier"]["key"], own["progress"]) == ("silver", {"next": None})


async def test_an_outage_keeps_tier_end_and_benefits(house: Club) -> None:
    await sell(house.pool, 1, 600)
    begun = await house.opened(include=["entitlements"])
    (before,) = [each for each in begun["tiers"] if each["programme"] == "club"]
    await house.take_away()
    told = await house.opened(include=["entitlements"])
    (after,) = [each for each in told["tiers"] if each["programme"] == "club"]
    assert (after["stale"], after["current"]) == (True, before["current"])
    assert after["valid_until"] == before["valid_until"] is not None
    entitled = {each["programme"]: each["benefits"] for each in told["entitlements"]}
    assert [each["key"] for each in entitled["club"]] == ["free-coffee", "cheaper"]
    assert entitled["club"][0]["quota"]["left"] is None  # what was used cannot be known now
    own = await house.own(told["token"])
    assert own["tiers"][0]["tier"] == before["current"]


async def test_a_file_too_old_gives_no_price_benefit(house: Club) -> None:
    await sell(house.pool, 1, 600)
    await house.opened()
    await house.take_away()
    last_known = house.scoring.app.state.steady.last_known
    last_known._max_stale_s = 0  # noqa: SLF001 - as a day later
    told = await house.opened(include=["entitlements"])
    assert all(each["expired"] for each in told["tiers"])
    entitled = {each["programme"]: each["benefits"] for each in told["entitlements"]}
    assert [each["key"] for each in entitled["club"]] == ["free-coffee"]
