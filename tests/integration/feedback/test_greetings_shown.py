"""What a playbook of greetings shows before its day: who is greeted next, and when."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.feedback.usecases.care.coming import PAGE
from tests.integration.feedback.care_rows import NOW, add_customer, empty_shop, make_playbook, say
from tests.integration.feedback.care_work import care, work

# NOW is one in the morning of 22 November 2026; the shop's zone is UTC here


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    await pool.execute("DELETE FROM customer_sheets")
    return pool


def born(month_day: str, **more: Any) -> dict[str, Any]:
    return {"demography": {"birthday": f"1990-{month_day}"}, **more}


async def preview(http: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Post a draft with such a trigger, and look at what it would do."""
    made = await http.post("/v1/playbooks", json=make_playbook(state="draft", **changes))
    assert made.status_code == 201, made.text
    return await shown(http)


async def shown(http: httpx.AsyncClient) -> dict[str, Any]:
    answer = await http.post("/v1/playbooks/calls/preview", json={})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def days(told: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(each["contact_on"], each["on"], each["customers"]) for each in told["coming"]]


async def test_birthdays_of_the_next_days_are_shown_and_the_next_ones_counted(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    birthdays = ("11-25", "12-22", "12-23", "11-18", "11-25", "05-01")
    for number, month_day in enumerate(birthdays):
        await add_customer(shop, number, attributes=born(month_day, name=f"Ann {number}"))
    await say(shop, await add_customer(shop, 9, attributes=born("11-25")), "marketing",
              granted=False, at=NOW)  # fmt: skip
    told = await preview(http, trigger={"kind": "birthday", "at": "10:00"})
    # the 23rd of December is 31 days ahead, the 18th of November four days ago
    assert days(told) == [("2026-11-25", "2026-11-25", 3), ("2026-12-22", "2026-12-22", 1)]
    assert told["coming"][0]["occasion"] == {"en": "Birthday", "zh": "生日"}
    assert (told["contacts"], told["held_back"]) == (2, {"consent": 1})
    assert datetime.fromisoformat(told["as_of"]) == NOW + timedelta(days=3, hours=9)
    assert [each["customer_id"] for each in told["samples"]] == ["c-0", "c-4"]
    assert told["samples"][0]["message"]["en"].startswith("Thank Ann 0")
    assert told["samples"][0]["why"]["en"] == "Birthday on 2026-11-25."


async def test_birthdays_are_shown_by_the_customers_own_date_and_days_ahead(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    zones = ("Pacific/Auckland", "Pacific/Honolulu", "Asia/Shanghai")
    for number, zone in enumerate(zones):
        place = {"geography": {"time_zone": zone}}
        await add_customer(shop, number, attributes=born("12-03", **place))
    lunar = {"demography": {"birthday": "10-25", "birthday_calendar": "lunar"}}
    await add_customer(shop, 3, attributes=lunar)
    told = await preview(http, trigger={"kind": "birthday", "days_before": 7})
    # at nine in the shop it is the day before in Honolulu; lunar 10-25 is the 3rd of December
    assert days(told) == [("2026-11-26", "2026-12-03", 3), ("2026-11-27", "2026-12-03", 1)]


async def test_what_was_shown_is_what_the_worker_does_on_that_day(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number, month_day in enumerate(("11-22", "11-24", "11-26")):
        await add_customer(shop, number, attributes=born(month_day))
    told = await preview(http, trigger={"kind": "birthday"})
    assert [day for day, _, _ in days(told)] == ["2026-11-22", "2026-11-24", "2026-11-26"]
    live = make_playbook(trigger={"kind": "birthday"})
    del live["key"]
    answer = await http.put("/v1/playbooks/calls", json=live, headers={"If-Match": '"1"'})
    assert answer.is_success, answer.text
    await work(shop, care(), NOW)
    assert (await shop.fetchval("SELECT customer_id FROM tasks")) == "c-0"
    # whom the worker has greeted is not shown again
    told = await shown(http)
    assert [day for day, _, _ in days(told)] == ["2026-11-24", "2026-11-26"]
    await work(shop, care(), datetime.fromisoformat(told["as_of"]))
    assert await shop.fetchval("SELECT count(*) FROM tasks") == 2


async def test_more_birthdays_than_fit_into_one_look_are_all_counted(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = 2 * PAGE + 1
    await shop.execute(
        "INSERT INTO customers (profile_id, customer_id, attributes, created_at, updated_at)"
        " SELECT lpad(to_hex(n), 32, '0')::uuid, 'c-' || n,"
        " jsonb_build_object('birthday', '12-0' || 1 + n % 2), now(), now()"
        " FROM generate_series(1, $1) n",
        people,
    )
    told = await preview(http, trigger={"kind": "birthday"})
    assert days(told) == [
        ("2026-12-01", "2026-12-01", PAGE),
        ("2026-12-02", "2026-12-02", PAGE + 1),
    ]
    assert (told["contacts"], told["is_complete"]) == (PAGE, True)


async def test_a_festival_far_ahead_is_shown_with_its_day(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(3):
        await add_customer(shop, number)
    trigger = {"kind": "festival", "festival": "spring_festival", "days_before": 1, "at": "09:30"}
    told = await preview(http, trigger=trigger)
    assert days(told) == [("2027-02-05", "2027-02-06", 3)]
    assert told["as_of"] == "2027-02-05T09:30:00Z"
    assert told["contacts"] == 3
    assert told["samples"][0]["why"]["zh"] == "2027-02-06春节。"


async def test_nobody_is_due_and_nobody_is_shown(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1, attributes=born("05-01"))
    told = await preview(http, trigger={"kind": "birthday"})
    assert (told["coming"], told["contacts"], told["is_complete"]) == ([], 0, True)
    assert datetime.fromisoformat(told["as_of"]) == NOW
