"""Who may ask, over HTTP: 401 in one form, 403, and no key in any address."""

import httpx
import pytest

from shared.keys import new_key
from tests.fakes import FakeKeys, FakeTimer


async def look(client: httpx.AsyncClient, *keys: str, path: str = "/v1/cups/a") -> httpx.Response:
    headers = [("Authorization", f"Bearer {key}") for key in keys]
    return await client.get(path, headers=headers)


async def test_a_key_with_the_scope_is_let_in(client: httpx.AsyncClient, key: str) -> None:
    answer = await look(client, key)
    assert (answer.status_code, answer.json()["by"]) == (200, "test")


async def test_every_kind_of_no_key_gets_the_same_answer(
    client: httpx.AsyncClient, key: str, keys: FakeKeys, timer: FakeTimer
) -> None:
    await look(client, key)
    keys.revoke(key)
    timer.seconds += 5
    answers = [
        await look(client),
        await look(client, key),
        await look(client, new_key()),
        await look(client, "tl_sk_test"),
        await look(client, key, key),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    bodies = [answer.json() | {"instance": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)


async def test_a_publishable_key_reads_nothing(
    client: httpx.AsyncClient, publishable_key: str
) -> None:
    answer = await look(client, publishable_key)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/forbidden")


@pytest.mark.parametrize("query", ["key={}", "api_key={}", "access_token={}", "x=1&y={}"])
async def test_a_key_in_the_address_is_400_with_advice(
    client: httpx.AsyncClient, key: str, query: str
) -> None:
    answer = await look(client, key, path=f"/v1/cups/a?{query.format(key)}")
    assert answer.status_code == 400
    assert "revoke" in answer.json()["detail"]
    assert key not in answer.text


async def test_no_database_and_no_memory_is_503(
    client: httpx.AsyncClient, key: str, keys: FakeKeys
) -> None:
    keys.is_away = True
    answer = await look(client, key)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
