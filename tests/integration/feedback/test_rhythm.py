import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.feedback.domain.care.rhythm import drop_of, slow_limits
from services.feedback.queries.care.rhythm import drops_by_profile, season_of
from tests.integration.feedback.care_rows import add_segment
from tests.integration.feedback.people_rows import profile
from tests.integration.feedback.sheet_rows import TODAY, add_sheet, without_sheets

LIMITS = slow_limits()
STAGES = ("new", "active", "at_risk", "churned", "reactivated")


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    async for each in without_sheets(pool):
        yield each


async def drops(http: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await http.get("/v1/care/frequency-drops", params=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_who_comes_less_is_listed_with_the_figures(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await add_sheet(shop, 1, "active")
    await add_sheet(shop, 2, "at_risk", quiet=20)
    await add_sheet(shop, 3, "active", days_90=1, spend_365=500_000)
    # a shop of steady customers besides, so that its season is not theirs
    for number in range(4, 12):
        await add_sheet(shop, number, "active")
    found = {item["customer_id"]: item for item in (await drops(http))["items"]}
    assert list(found) == ["c-3", "c-2"]
    assert (found["c-2"]["signs"], found["c-3"]["signs"]) == (["silent"], ["slower"])
    assert (found["c-2"]["quiet_days"], found["c-2"]["usual_gap_days"]) == (20, 10.0)
    assert found["c-3"]["expected_order_days_90"] == 8.9
    assert found["c-3"]["spend_365_days"] == {"amount": "5000.00", "currency": "CNY"}


async def test_statement_finds_whom_the_rule_finds(shop: asyncpg.Pool) -> None:
    draw = random.Random(5)
    for number in range(1, 121):
        year = draw.choice([None, 1, 3, 10, 16, 17, 25, 60, 365])
        await add_sheet(
            shop, number, draw.choice(STAGES), quiet=draw.randint(0, 90),
            days_0=draw.choice([year or 1, 400]), days_365=year,
            days_90=None if year is None else draw.choice([None, 0, 1, 2, 5, year // 4]),
        )  # fmt: skip
    everybody = (-1,) * 366  # finds the silent only
    generous = (400,) * 366  # finds all but the churned
    seen = await drops_by_profile(shop, generous, TODAY, UUID(int=0), 200)
    found = await drops_by_profile(shop, LIMITS, TODAY, UUID(int=0), 200)
    by_rule = {each.profile_id for each in seen if drop_of(each.pace, TODAY, LIMITS)}
    assert {each.profile_id for each in found} == by_rule
    silent = await drops_by_profile(shop, everybody, TODAY, UUID(int=0), 200)
    assert 5 < len(silent) < len(found) < len(seen)


async def test_slow_season_of_the_whole_shop_is_nobodys_drop(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in range(1, 8):
        await add_sheet(shop, number, "active", days_90=2)
    assert await season_of(shop) == (14, 252)
    assert (await drops(http))["items"] == []


async def test_list_is_of_a_segment(shop: asyncpg.Pool, http: httpx.AsyncClient) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "at_risk")
    await shop.execute("DELETE FROM segments")
    await add_segment(shop, "tea", [profile(1), profile(3)])
    found = await drops(http, segment="tea")
    assert [item["customer_id"] for item in found["items"]] == ["c-3", "c-1"]
    unheard = await http.get("/v1/care/frequency-drops", params={"segment": "unheard"})
    assert unheard.status_code == 404


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_pages_show_everybody_once(
    shop: asyncpg.Pool, http: httpx.AsyncClient, limit: int
) -> None:
    for number in range(1, 6):
        await add_sheet(shop, number, "at_risk", spend_365=None if number < 3 else 100)
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await drops(http, limit=limit, **({"cursor": cursor} if cursor else {}))
        found += [item["customer_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["c-5", "c-4", "c-3", "c-2", "c-1"]


async def test_erased_and_merged_are_not_listed(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "at_risk")
    await shop.execute("UPDATE customers SET erased_at = now() WHERE customer_id = 'c-1'")
    await shop.execute(
        "UPDATE customers SET merged_into = $1 WHERE customer_id = 'c-2'", profile(3)
    )
    assert [item["customer_id"] for item in (await drops(http))["items"]] == ["c-3"]


async def test_festivals_come_with_their_next_date(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    assert shop is not None
    found = {item["key"]: item for item in (await http.get("/v1/care/festivals")).json()}
    assert found["spring_festival"]["next_on"] == "2027-02-06"
    assert found["mid_autumn"]["name"] == {"en": "Mid-Autumn Festival", "zh": "中秋节"}
    assert found["mid_autumn"]["calendar"] == "lunar"
