import asyncio
from datetime import timedelta

import pytest

from services.console.accounts.keeper import WrongPassword
from services.console.accounts.passwords import Passwords
from services.console.accounts.person import Language
from services.console.accounts.queries import users as queries
from services.console.accounts.roles import Role
from services.console.accounts.sessions import Place
from services.console.accounts.trying import TooManyTries
from services.console.accounts.users import Wanted
from tests.integration.console.conftest import HERE, PASSWORD, QUICK, Door

NAMES = ["li", "nobody"]


async def try_once(door: Door, name: str, password: str = "wrong", place: Place = HERE) -> str:
    try:
        return await door.keeper.sign_in(name, password, place, Language.CHINESE)
    except (WrongPassword, TooManyTries) as error:
        return type(error).__name__


async def test_name_and_password_open_a_session(door: Door) -> None:
    await door.add("Li Na")
    person = await door.sessions.person_with(await try_once(door, " LI  na", PASSWORD))
    assert person is not None
    assert person.language is Language.CHINESE
    assert await door.noted() == ["user.signed_in"]


async def test_the_language_chosen_before_is_kept(door: Door) -> None:
    await door.users.create(Wanted("li", "", Role.OPS, PASSWORD, language=Language.ENGLISH))
    person = await door.sessions.person_with(await try_once(door, "li", PASSWORD))
    assert person is not None
    assert person.language is Language.ENGLISH


async def test_nothing_tells_which_of_name_and_password_is_wrong(door: Door) -> None:
    locked = await door.add("locked")
    await door.users.disable(locked.user_id)
    await door.users.create(Wanted("by provider", "", Role.OPS))
    await door.add("li")
    names = ("li", "nobody", "locked", "by provider")
    assert {await try_once(door, name) for name in names} == {"WrongPassword"}
    assert await try_once(door, "locked", PASSWORD) == "WrongPassword"
    assert await try_once(door, "by provider", "") == "WrongPassword"


@pytest.mark.parametrize("name", NAMES)
async def test_who_guesses_waits_whether_the_name_exists_or_not(door: Door, name: str) -> None:
    await door.add("li")
    found = [await try_once(door, name) for _ in range(6)]
    assert found == ["WrongPassword"] * 5 + ["TooManyTries"]
    assert await try_once(door, name, PASSWORD) == "TooManyTries"
    door.clock.advance(seconds=6)
    assert await try_once(door, name) == "WrongPassword"
    with pytest.raises(TooManyTries) as caught:
        await door.keeper.sign_in(name, "wrong", HERE, Language.ENGLISH)
    assert caught.value.wait == timedelta(seconds=10)


async def test_who_knows_the_password_is_let_in_after_the_wait_and_starts_anew(door: Door) -> None:
    await door.add("li")
    for _ in range(5):
        await try_once(door, "li")
    door.clock.advance(seconds=6)
    assert len(await try_once(door, "li", PASSWORD)) > 20
    assert await try_once(door, "li") == "WrongPassword"
    assert await try_once(door, "li") == "WrongPassword"


async def test_tries_at_once_count_as_many(door: Door) -> None:
    await door.add("li")
    found = await asyncio.gather(*(try_once(door, "li") for _ in range(20)))
    assert found.count("WrongPassword") == 5


async def test_an_address_that_tries_many_names_waits_and_others_do_not(door: Door) -> None:
    await door.add("li")
    found = [await try_once(door, f"name {n}") for n in range(31)]
    assert found == ["WrongPassword"] * 30 + ["TooManyTries"]
    assert await try_once(door, "li", PASSWORD) == "TooManyTries"
    assert len(await try_once(door, "li", PASSWORD, Place("198.51.100.7", ""))) > 20


async def test_signing_in_is_no_failure_of_its_address(door: Door) -> None:
    await door.add("li")
    for _ in range(35):
        assert len(await try_once(door, "li", PASSWORD)) > 20


async def test_tries_are_forgotten_after_a_day(door: Door) -> None:
    for _ in range(5):
        await try_once(door, "nobody")
    door.clock.advance(hours=25)
    assert [await try_once(door, "nobody") for _ in range(2)] == ["WrongPassword"] * 2
    await door.add("li")
    door.clock.advance(hours=25)
    await try_once(door, "li", PASSWORD)
    assert await door.pool.fetchval("SELECT count(*) FROM console_trials") == 1  # the address


async def test_a_password_is_kept_by_newer_parameters_when_it_is_next_used(door: Door) -> None:
    weaker = Passwords(type(QUICK)(time_cost=2, memory_cost=64, parallelism=1))
    known = await door.add("li")
    await queries.set_password(door.pool, known.user_id, await weaker.hash(PASSWORD))
    await try_once(door, "li", PASSWORD)
    proof = await queries.proof_of(door.pool, "li")
    assert proof is not None
    assert "t=1" in (proof.password_hash or "")


async def test_who_signs_in_keeps_no_old_failure_of_their_address_alive(door: Door) -> None:
    await door.add("li")
    for n in range(29):
        await try_once(door, f"name {n}")
    for _ in range(3):
        door.clock.advance(hours=9)
        assert len(await try_once(door, "li", PASSWORD)) > 20
    assert {await try_once(door, f"another {n}") for n in range(5)} == {"WrongPassword"}


async def test_failures_are_as_old_as_the_last_of_them(door: Door) -> None:
    for n in range(29):
        await try_once(door, f"name {n}")
    found = []
    for n in range(2):
        door.clock.advance(hours=20)
        found.append(await try_once(door, f"another {n}"))
    assert [*found, await try_once(door, "a third")] == ["WrongPassword"] * 2 + ["TooManyTries"]


async def test_a_name_that_no_database_keeps_is_a_wrong_one(door: Door) -> None:
    await door.add("li")
    assert await try_once(door, "li\0", PASSWORD) == "WrongPassword"
