"""Contacts are stored once, with whom they were, and read newest first."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from shared.erasures import tombstone
from shared.identifiers import lookup_key
from shared.settings import PlatformSettings
from tests.integration.feedback.people_rows import add_identifier, add_person, forget_people

Body = dict[str, Any]
PATH = "/v1/interactions"


@pytest.fixture(autouse=True)
async def shop(pool: asyncpg.Pool, platform: PlatformSettings) -> None:
    """Ann, with a card, into whom old-ann was merged; the shop counts in CNY."""
    await forget_people(pool)
    await pool.execute("DELETE FROM interactions")
    await add_person(pool, 1, "ann")
    await add_person(pool, 2, "old-ann", merged_into=1)
    card = lookup_key(platform.secrets, "loyalty_account", "M-1")
    await add_identifier(pool, 2, "loyalty_account", card)
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")


def make_call(**changes: object) -> Body:
    return {"kind": "call", "customer": {"customer_id": "ann"}} | changes


async def post(http: httpx.AsyncClient, body: Body, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post(PATH, json=body, headers=named)


async def count(pool: asyncpg.Pool) -> int:
    found: int = await pool.fetchval("SELECT count(*) FROM interactions")
    return found


async def test_a_contact_is_stored_with_all_that_is_told_of_it(http: httpx.AsyncClient) -> None:
    case_id, task_id = str(uuid4()), str(uuid4())
    told = {
        "kind": "visit",
        "direction": "in",
        "channel": "store",
        "subject": "<b>Late</b>",
        "note": "已道歉",
        "agent": "li.na",
        "outcome": "answered",
        "duration_s": 240,
        "case_id": case_id,
        "task_id": task_id,
        "cost": {"amount": "6.00", "currency": "CNY"},
    }
    answer = await post(http, make_call(**told, occurred_at="2026-11-21T15:00:00+08:00"))
    assert answer.status_code == 201
    body = answer.json()
    assert {name: body[name] for name in told} == told
    assert (body["customer_id"], body["at"]) == ("ann", "2026-11-21T07:00:00Z")
    again = await http.get(f"{PATH}/{body['interaction_id']}")
    assert again.json() == {k: v for k, v in body.items() if k != "is_duplicate"}


async def test_a_card_is_enough_and_names_whom_it_was_merged_into(http: httpx.AsyncClient) -> None:
    answer = await post(http, make_call(customer={"loyalty_account": "M-1"}))
    assert answer.json()["customer_id"] == "ann"


@pytest.mark.parametrize("customer", [{}, {"phone": "+8613800138000"}], ids=["nobody", "phone"])
async def test_a_contact_with_nobody_known_is_refused(
    http: httpx.AsyncClient, pool: asyncpg.Pool, customer: Body
) -> None:
    answer = await post(http, make_call(customer=customer))
    assert (answer.status_code, await count(pool)) == (404, 0)


async def test_the_shops_own_id_is_taken_before_ingest_has_heard_of_it(
    http: httpx.AsyncClient,
) -> None:
    answer = await post(http, make_call(customer={"customer_id": "new-one"}))
    assert (answer.status_code, answer.json()["customer_id"]) == (201, "new-one")


async def test_who_was_erased_is_refused(
    http: httpx.AsyncClient, pool: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await pool.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)"
        " VALUES ($1, $2, now(), '2026-12-01T00:00:00Z')",
        *tombstone(platform.secrets, "customer_id", "ann"),
    )
    assert (await post(http, make_call())).status_code == 410
    assert await count(pool) == 0


async def test_the_same_id_twice_is_stored_once(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    first, again = [await post(http, make_call(interaction_id="call-1")) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"is_duplicate": True}
    assert await count(pool) == 1


async def test_of_the_same_id_at_once_one_is_stored(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    answers = await asyncio.gather(
        *(post(http, make_call(interaction_id="call-1")) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert await count(pool) == 1


async def test_another_body_under_the_id_is_a_conflict_and_the_first_stays(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await post(http, make_call(interaction_id="call-1"))
    answer = await post(http, make_call(interaction_id="call-1", kind="mail"))
    assert answer.status_code == 409
    assert await pool.fetchval("SELECT kind FROM interactions") == "call"


async def test_an_idempotency_key_gives_the_stored_answer_again(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    first, again = [await post(http, make_call(), Idempotency_Key="k-1") for _ in range(2)]
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await count(pool) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"cost": {"amount": "-1.00", "currency": "CNY"}}, "/cost/amount"),
        ({"cost": {"amount": "1.001", "currency": "CNY"}}, "/cost"),
        ({"duration_s": -1}, "/duration_s"),
        ({"duration_s": 86_401}, "/duration_s"),
        ({"kind": "fax"}, "/kind"),
        ({"case_id": "7"}, "/case_id"),
        ({"note": "x" * 10_001}, "/note"),
        ({"surprise": 1}, ""),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value or "body",
)
async def test_what_is_wrong_is_named(
    http: httpx.AsyncClient, pool: asyncpg.Pool, changes: Body, pointer: str
) -> None:
    answer = await post(http, make_call(**changes))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await count(pool) == 0


async def test_costs_are_given_in_the_shops_currency(http: httpx.AsyncClient) -> None:
    answer = await post(http, make_call(cost={"amount": "1.00", "currency": "EUR"}))
    assert answer.status_code == 422
    assert "currency of the shop" in answer.json()["detail"]


async def test_an_instant_beyond_two_days_is_refused(http: httpx.AsyncClient) -> None:
    answer = await post(http, make_call(occurred_at="2026-11-24T01:00:01Z"))
    assert answer.status_code == 422


async def test_pages_hold_every_contact_once_newest_first(http: httpx.AsyncClient) -> None:
    at = [f"2026-11-{day:02}T10:00:00Z" for day in (3, 1, 2, 2, 5)]
    for number, instant in enumerate(at):
        who = {"customer_id": "ann" if number % 2 else "old-ann"}
        await post(http, make_call(customer=who, occurred_at=instant))
    seen: list[str] = []
    query: dict[str, Any] = {"customer_id": "ann", "limit": 2}
    while True:
        page = (await http.get(PATH, params=query)).json()
        seen += [item["at"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted(at, reverse=True)


async def test_the_list_of_all_has_everybody(http: httpx.AsyncClient) -> None:
    for who in ("ann", "bob"):
        await post(http, make_call(customer={"customer_id": who}))
    items = (await http.get(PATH)).json()["items"]
    assert [item["customer_id"] for item in items] == ["bob", "ann"]
    one = (await http.get(PATH, params={"customer_id": "bob"})).json()["items"]
    assert [item["customer_id"] for item in one] == ["bob"]


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", f"1.feedback.{uuid4()}", f"{10**17}99.interaction.{uuid4()}"],
    ids=["nonsense", "another list's", "no instant"],
)
async def test_a_forged_cursor_is_refused(http: httpx.AsyncClient, cursor: str) -> None:
    assert (await http.get(PATH, params={"cursor": cursor})).status_code == 422


async def test_an_unknown_contact_is_not_found(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{PATH}/{uuid4()}")).status_code == 404
