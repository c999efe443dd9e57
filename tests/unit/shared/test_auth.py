"""Keys are looked up once in five seconds, and honoured for an hour without a database."""

from hashlib import sha256

import pytest

from shared.auth import FRESH_S, HONOURED_AWAY_S, MAX_KEYS, UNKNOWN_FRESH_S, ApiKeys, check_scope
from shared.keys import Caller, new_key
from shared.problem import Problem
from tests.factories import make_caller
from tests.fakes import FakeKeys, FakeTimer


@pytest.fixture
def cache(keys: FakeKeys, timer: FakeTimer) -> ApiKeys:
    return ApiKeys(keys, now=timer)


async def show(cache: ApiKeys, key: str) -> Caller:
    return await cache.caller_of(b"Bearer " + key.encode())


async def is_refused(cache: ApiKeys, key: str) -> bool:
    with pytest.raises(Problem) as caught:
        await show(cache, key)
    return caught.value.kind.status == 401


async def test_a_known_key_names_its_caller(cache: ApiKeys, key: str) -> None:
    assert (await show(cache, key)).name == "test"


async def test_a_key_is_asked_for_once_in_five_seconds(
    cache: ApiKeys, key: str, keys: FakeKeys, timer: FakeTimer
) -> None:
    for _ in range(100):
        await show(cache, key)
    assert keys.asked == 1
    timer.seconds += FRESH_S
    await show(cache, key)
    assert keys.asked == 2


async def test_a_revoked_key_is_refused_after_five_seconds(
    cache: ApiKeys, key: str, keys: FakeKeys, timer: FakeTimer
) -> None:
    await show(cache, key)
    keys.revoke(key)
    timer.seconds += FRESH_S
    assert await is_refused(cache, key)


async def test_a_new_key_works_after_a_second_of_being_unknown(
    cache: ApiKeys, keys: FakeKeys, timer: FakeTimer
) -> None:
    key = new_key()
    assert await is_refused(cache, key)
    keys.add(key, make_caller())
    assert await is_refused(cache, key)
    timer.seconds += UNKNOWN_FRESH_S
    assert await show(cache, key)


async def test_a_seen_key_is_honoured_for_an_hour_without_a_database(
    cache: ApiKeys, key: str, keys: FakeKeys, timer: FakeTimer
) -> None:
    await show(cache, key)
    keys.is_away = True
    timer.seconds += HONOURED_AWAY_S - 1
    assert await show(cache, key)
    timer.seconds += 1
    with pytest.raises(ConnectionRefusedError):
        await show(cache, key)


async def test_an_unseen_key_is_no_401_without_a_database(cache: ApiKeys, keys: FakeKeys) -> None:
    keys.is_away = True
    with pytest.raises(ConnectionRefusedError):
        await show(cache, new_key())


async def test_a_key_is_looked_up_by_its_hash_alone() -> None:
    asked: list[bytes] = []

    async def load(key_hash: bytes) -> None:
        asked.append(key_hash)

    key = new_key()
    assert await is_refused(ApiKeys(load), key)
    assert asked == [sha256(key.encode()).digest()]


async def test_a_flood_of_invented_keys_pushes_no_real_one_out(
    cache: ApiKeys, key: str, keys: FakeKeys
) -> None:
    await show(cache, key)
    for _ in range(MAX_KEYS + 10):
        assert await is_refused(cache, new_key())
    asked = keys.asked
    await show(cache, key)
    assert keys.asked == asked


@pytest.mark.parametrize("header", [None, b"", b"Basic x", b"Bearer tl_sk_short"])
async def test_what_is_no_key_never_reaches_the_database(
    cache: ApiKeys, keys: FakeKeys, header: bytes | None
) -> None:
    with pytest.raises(Problem):
        await cache.caller_of(header)
    assert keys.asked == 0


def test_a_missing_scope_is_403() -> None:
    check_scope(make_caller("tier:read"), "tier:read")
    with pytest.raises(Problem) as caught:
        check_scope(make_caller("tier:read"), "models:write")
    assert caught.value.kind.status == 403
