import csv
import io
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from services.feedback.domain.care.win_back import chance_of
from services.feedback.queries.care.win_back import Ranking, page_to_win_back
from services.feedback.usecases.care.places import TOP
from services.feedback.usecases.care.win_back import Asked, list_to_win_back
from tests.integration.feedback.care_rows import add_segment
from tests.integration.feedback.life_rows import add_ladder, add_row
from tests.integration.feedback.people_rows import THEN, profile
from tests.integration.feedback.sheet_rows import TODAY, add_sheet, without_sheets

SINCE = THEN - timedelta(days=730)


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    async for each in without_sheets(pool):
        yield each


async def listed(http: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await http.get("/v1/care/win-back", params=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ids(http: httpx.AsyncClient, **asked: Any) -> list[str]:
    return [item["customer_id"] for item in (await listed(http, **asked))["items"]]


async def test_list_says_what_each_factor_is(shop: asyncpg.Pool, http: httpx.AsyncClient) -> None:
    await add_sheet(shop, 1, "churned", quiet=45)
    (item,) = (await listed(http))["items"]
    assert item["customer_id"] == "c-1"
    assert item["value"] == {"amount": "3600.00", "currency": "CNY"}
    assert item["factors"] == {"silence": 0.5, "response": 0.5, "consent": 1.0}
    assert (item["recoverability"], item["expected_gain"]["amount"]) == (0.25, "900.00")
    assert [each["code"] for each in item["reasons"]] == [
        "worth", "quiet", "never_asked", "may_be_written_to",
    ]  # fmt: skip
    assert item["reasons"][0]["text"]["zh"].startswith("一年约值3600.00 CNY")
    assert (item["quiet_days"], item["usual_gap_days"]) == (45, 10.0)
    assert item["season_free_score"] is None


async def test_statement_ranks_as_the_rule_does(shop: asyncpg.Pool) -> None:
    draw = random.Random(4)
    for number in range(1, 61):
        quiet = draw.randint(1, 800)
        lifecycle = draw.choice(["at_risk", "churned"])
        spend = draw.choice([0, -5, 900, 40_000, 7_000_000])
        consent = draw.choice([True, False, None])
        await add_sheet(
            shop, number, lifecycle, quiet=quiet, rhythm=draw.choice([7, 7.5, 30, 60, 200]),
            spend_0=spend, days_0=draw.randint(1, 300), consent_marketing=consent,
        )  # fmt: skip
        for place in range(draw.randint(0, 2)):
            answer = draw.choice(["accepted", "declined", "ignored"])
            await respond(shop, number, f"o-{place}", answer)
    async with shop.acquire() as connection, connection.transaction():
        rows = await page_to_win_back(connection, Ranking(TODAY, SINCE, TOP, 100))
    assert 20 < len(rows) < 60
    for row in rows:
        assert row.gain == pytest.approx(chance_of(row.lost).gain, rel=1e-9)
        assert row.lost.has_consent is not False
    gains = [row.gain for row in rows]
    assert gains == sorted(gains, reverse=True)


async def respond(
    shop: asyncpg.Pool, number: int, offer: str, answer: str, *, sending: str = ""
) -> None:
    await add_row(
        shop,
        "offer_responses",
        customer_id=f"c-{number}",
        offer_key=offer,
        sending=sending,
        response_id=profile(number * 1000 + int(offer[2:])),
        answer=answer,
        at=THEN,
        received_at=THEN,
    )


async def test_who_took_offers_before_comes_first(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "churned", quiet=45)
    await respond(shop, 2, "o-1", "accepted")
    await respond(shop, 3, "o-1", "ignored")
    assert await ids(http) == ["c-2", "c-1", "c-3"]


async def test_an_offer_answered_in_a_task_counts_once(shop: asyncpg.Pool) -> None:
    task = profile(77)
    for number in (1, 2):
        await add_sheet(shop, number, "churned", quiet=45)
    for number, given in ((1, task), (2, profile(78))):
        await add_row(
            shop, "tasks", task_id=given, once_key=str(number), customer_id=f"c-{number}",
            profile_id=profile(number), kind="playbook", channel="phone", title={},
            state="done", outcome="accepted", created_at=THEN, due_at=THEN, closed_at=THEN,
            expires_at=THEN,
        )  # fmt: skip
    # that of the first made an offer: it is a response as well
    await respond(shop, 1, "o-1", "accepted", sending=f"task:{task}")
    async with shop.acquire() as connection, connection.transaction():
        rows = await page_to_win_back(connection, Ranking(TODAY, SINCE, TOP, 100))
    asked = {row.customer_id: (row.lost.asked, row.lost.accepted) for row in rows}
    assert asked == {"c-1": (1, 1), "c-2": (1, 1)}


async def test_pages_go_on_over_midnight_and_while_others_answer(shop: asyncpg.Pool) -> None:
    for number in range(1, 21):
        # who is forgotten at different speeds changes places from day to day
        await add_sheet(shop, number, "churned", quiet=70, rhythm=5 + number % 7,
                        spend_0=100_000 + 3_000 * number)  # fmt: skip
    found: list[str | None] = []
    cursor: str | None = None
    for page in range(99):
        now = datetime(2026, 11, 22, 15, 59, tzinfo=UTC) + timedelta(days=page // 3)
        asked = Asked(now, ZoneInfo("Asia/Shanghai"), 3, cursor)
        listed = await list_to_win_back(shop, asked)
        found += [each.listed.customer_id for each in listed.items]
        await respond(shop, int(str(found[0])[2:]), f"o-{page}", "accepted")
        cursor = listed.cursor
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 20


async def test_list_is_of_a_segment(shop: asyncpg.Pool, http: httpx.AsyncClient) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "churned", quiet=45)
    await shop.execute("DELETE FROM segments")
    await add_segment(shop, "tea", [profile(2), profile(3)])
    await add_segment(shop, "nobody", [])
    assert set(await ids(http, segment="tea")) == {"c-2", "c-3"}
    assert await ids(http, segment="nobody") == []
    refused = await http.get("/v1/care/win-back", params={"segment": "unheard"})
    assert (refused.status_code, refused.json()["detail"]) == (
        404,
        "There is no segment of that key.",
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_show_everybody_once_also_where_gains_are_equal(
    shop: asyncpg.Pool, http: httpx.AsyncClient, limit: int
) -> None:
    for number in range(1, 8):
        await add_sheet(shop, number, "at_risk", spend_0=1000 if number < 6 else 2000)
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await listed(http, limit=limit, **({"cursor": cursor} if cursor else {}))
        found += [item["customer_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 7
    assert set(found[:2]) == {"c-6", "c-7"}


async def test_active_withdrawn_erased_and_merged_are_not_listed(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await add_sheet(shop, 1, "active")
    await add_sheet(shop, 2, "churned", consent_marketing=False)
    for number in (3, 4, 5):
        await add_sheet(shop, number, "churned", quiet=45)
    await shop.execute("UPDATE customers SET erased_at = $1 WHERE customer_id = 'c-3'", THEN)
    await shop.execute(
        "UPDATE customers SET merged_into = $1 WHERE customer_id = 'c-4'", profile(5)
    )
    assert await ids(http) == ["c-5"]


async def test_tier_is_that_of_the_programme_asked_for(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await add_sheet(shop, 1, "churned", quiet=45)
    await add_tier(shop, 1, "low", score=3.65028)
    page = await listed(http)
    assert page["programme"] == "value"
    assert page["items"][0]["tier"] == "low"
    assert page["items"][0]["season_free_score"] == 3.6503
    unknown = await http.get("/v1/care/win-back", params={"programme": "nobody"})
    assert unknown.status_code == 404


async def add_tier(shop: asyncpg.Pool, number: int, tier: str, *, score: float) -> None:
    await add_ladder(shop)
    await add_row(
        shop, "programmes", programme_key="value", audience="internal", is_default=True,
        created_at=THEN,
    )  # fmt: skip
    await shop.execute("UPDATE programmes SET is_default = (programme_key = 'value')")
    await add_row(shop, "live_releases", programme_key="value", release_id=7, flipped_at=THEN)
    await add_row(
        shop, "tier_current", profile_id=profile(number), programme_key="value", release_id=7,
        decided_version=1, business_date=TODAY, decided_at=THEN, next_change_at=THEN, rank=0,
        tier_key=tier, since=THEN, lifecycle="churned", score=score, answer=b"{}",
    )  # fmt: skip


async def test_table_runs_nothing_in_a_spreadsheet(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await add_sheet(shop, 1, "churned", quiet=45)
    await shop.execute(
        "UPDATE customers SET customer_id = '=1+1' WHERE profile_id = $1", profile(1)
    )
    answer = await http.get("/v1/care/win-back", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    heading, row = csv.reader(io.StringIO(answer.text))
    told = dict(zip(heading, row, strict=True))
    assert told["customer_id"] == "'=1+1"
    assert (told["value"], told["expected_gain"], told["currency"]) == ("3600.00", "900.00", "CNY")


async def test_a_table_that_is_cut_names_the_next_one(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "churned", quiet=45, spend_0=1000 * number)
    first = await http.get("/v1/care/win-back", params={"format": "csv", "limit": 2})
    second = await http.get(first.links["next"]["url"])
    assert "next" not in second.links
    tables = [list(csv.DictReader(io.StringIO(each.text))) for each in (first, second)]
    told = [row["customer_id"] for table in tables for row in table]
    assert told == ["c-3", "c-2", "c-1"]


@pytest.mark.parametrize(
    "asked",
    [{"cursor": "x"}, {"cursor": "nan~" + "0" * 36}, {"limit": 0}, {"limit": 10_001},
     {"format": "xlsx"}, {"programme": ""}],
)  # fmt: skip
async def test_wrong_questions_are_refused(
    shop: asyncpg.Pool, http: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    assert shop is not None
    answer = await http.get("/v1/care/win-back", params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"] != "") == (422, True)
