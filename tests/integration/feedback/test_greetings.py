from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from services.feedback.domain.care.playbook import Candidate, Playbook, PlaybookState
from services.feedback.usecases.care.finders import FINDERS
from services.feedback.usecases.care.looking import Look
from tests.integration.feedback.people_rows import THEN, add_person, profile
from tests.integration.feedback.sheet_rows import add_sheet, without_sheets

CHINA = ZoneInfo("Asia/Shanghai")
NOON = "2026-02-14T04:00:00+00:00"


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    async for each in without_sheets(pool):
        yield each


def playbook(**trigger: Any) -> Playbook:
    document = {"trigger": trigger, "action": {"channel": "sms"}, "audience": {}}
    return Playbook("wishes", PlaybookState.LIVE, 1, document, THEN, THEN, THEN)


async def found(
    shop: asyncpg.Pool, now: str, *, limit: int = 500, **trigger: Any
) -> list[Candidate]:
    """Ask a finder for all of its pages."""
    candidates: list[Candidate] = []
    cursor, has_more = None, True
    at = datetime.fromisoformat(now).astimezone(UTC)
    async with shop.acquire() as connection:
        while has_more:
            look = Look(playbook(**trigger), "today", at, CHINA, cursor, limit)
            page = await FINDERS[trigger["kind"]](connection, look)
            candidates += page.candidates
            cursor, has_more = page.cursor, page.has_more
    return candidates


async def tell(shop: asyncpg.Pool, number: int, attributes: dict[str, Any]) -> UUID:
    await add_person(shop, number, f"c-{number}")
    await shop.execute(
        "UPDATE customers SET attributes = $2 WHERE profile_id = $1", profile(number), attributes
    )
    return profile(number)


BORN = {"demography": {"birthday": "1990-02-14"}}


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_birthdays_of_the_day_are_found_however_they_are_written(
    shop: asyncpg.Pool, limit: int
) -> None:
    todays: list[dict[str, Any]] = [
        BORN,
        {"birth_date": "--02-14"},
        {"birthday": "1990-02-14T00:00:00Z"},
        # the 27th of the twelfth month of 2025
        {"demography": {"birthday": "12-27", "birthday_calendar": "lunar"}},
        {"demography": {"birthday": " 1999-02-13 "}},
    ]
    others: list[dict[str, Any]] = [
        {"demography": {"birthday": "1990-12-27"}},
        {"demography": {"birthday": "1990-02-15"}},
        {"birthday": "1902-14"},
        {"birthday": {"month": 2}},
        {},
    ]
    for number, told in enumerate([*todays, *others], 1):
        await tell(shop, number, told)
    seen = await found(shop, NOON, kind="birthday", limit=limit)
    assert [each.profile_id for each in seen] == [profile(n) for n in range(1, 6)]
    assert [each.occasion for each in seen] == [
        "birthday/2026", "birthday/2026", "birthday/2026", "birthday/2025", "birthday/2026",
    ]  # fmt: skip


async def test_birthday_told_of_somebody_merged_counts_for_the_winner(shop: asyncpg.Pool) -> None:
    await tell(shop, 1, BORN)
    await add_sheet(shop, 2, "active", attributes=BORN)
    await shop.execute(
        "UPDATE customers SET merged_into = $1 WHERE customer_id = 'c-1'", profile(2)
    )
    assert [each.profile_id for each in await found(shop, NOON, kind="birthday")] == [profile(2)]


async def test_erased_customer_is_wished_nothing(shop: asyncpg.Pool) -> None:
    await tell(shop, 1, BORN)
    await shop.execute("UPDATE customers SET erased_at = $1", THEN)
    assert await found(shop, NOON, kind="birthday") == []


@pytest.mark.parametrize(
    ("now", "is_found"),
    [
        ("2026-02-13T15:59:59+00:00", False),
        ("2026-02-13T16:00:00+00:00", True),
        ("2026-02-17T15:59:59+00:00", True),
        ("2026-02-17T16:00:00+00:00", False),
    ],
)
async def test_birthday_lasts_from_local_midnight_until_three_days_late(
    shop: asyncpg.Pool, now: str, is_found: bool
) -> None:
    await tell(shop, 1, BORN)
    assert bool(await found(shop, now, kind="birthday")) == is_found


async def test_birthday_starts_with_the_customers_own_day(shop: asyncpg.Pool) -> None:
    await tell(shop, 1, BORN | {"geography": {"time_zone": "Pacific/Auckland"}})
    await tell(shop, 2, BORN | {"geography": {"time_zone": "Pacific/Honolulu"}})
    evening_before = await found(shop, "2026-02-13T12:00:00+00:00", kind="birthday")
    day_after = await found(shop, "2026-02-14T10:00:00+00:00", kind="birthday")
    assert [each.profile_id for each in evening_before] == [profile(1)]
    # in Honolulu it is half past midnight of the 14th by then
    assert {each.profile_id for each in day_after} == {profile(1), profile(2)}


async def test_festival_greets_the_audience_with_its_name_on_its_day_only(
    shop: asyncpg.Pool,
) -> None:
    for number in (1, 2, 3):
        await add_person(shop, number, f"c-{number}")
    on_the_day = await found(
        shop, "2026-09-25T04:00:00+00:00", kind="festival", festival="mid_autumn", limit=2
    )
    assert [each.profile_id for each in on_the_day] == [profile(1), profile(2), profile(3)]
    assert {each.occasion for each in on_the_day} == {"festival/mid_autumn/2026"}
    assert on_the_day[0].words == {"festival": {"en": "Mid-Autumn Festival", "zh": "中秋节"}}
    a_day_early = await found(
        shop, "2026-09-24T04:00:00+00:00", kind="festival", festival="mid_autumn"
    )
    assert a_day_early == []


async def test_a_birthday_noticed_again_is_the_same_occasion(shop: asyncpg.Pool) -> None:
    await tell(shop, 1, BORN)
    instants = [NOON, "2026-02-15T04:00:00+00:00", NOON]
    seen = [(await found(shop, now, kind="birthday"))[0] for now in instants]
    assert {(each.profile_id, each.occasion) for each in seen} == {(profile(1), "birthday/2026")}


async def test_frequency_drop_is_an_occasion_a_quarter(shop: asyncpg.Pool) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "at_risk")
    seen = await found(shop, "2026-11-22T01:00:00+00:00", kind="frequency_drop", limit=2)
    assert [each.profile_id for each in seen] == [profile(1), profile(2), profile(3)]
    assert {each.occasion for each in seen} == {"frequency_drop/2026Q4"}
    assert seen[0].details["signs"] == ["silent"]


async def test_win_back_goes_down_the_list_and_leaves_out_who_has_a_task(
    shop: asyncpg.Pool,
) -> None:
    for number in (1, 2, 3):
        await add_sheet(shop, number, "churned", quiet=45, spend_0=100_000 * number)
    now = "2026-11-22T01:00:00+00:00"
    first = await found(shop, now, kind="win_back", limit=2)
    assert [each.profile_id for each in first] == [profile(3), profile(2), profile(1)]
    assert {each.occasion for each in first} == {"win_back/2026-10-08"}
    await shop.execute(
        "INSERT INTO tasks (task_id, once_key, playbook_key, customer_id, profile_id, kind,"
        " channel, title, created_at, due_at, expires_at)"
        " VALUES ($1, 'k', 'wishes', 'c-3', $1, 'playbook', 'sms', '{}', $2, $2, $2)",
        profile(3),
        datetime(2026, 11, 1, tzinfo=UTC),
    )
    again = await found(shop, now, kind="win_back")
    assert [each.profile_id for each in again] == [profile(2), profile(1)]
