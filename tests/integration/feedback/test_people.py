"""A merge makes several ids one person, from whichever of them one starts."""

import asyncpg
import pytest

from services.feedback.queries.people import Group, group_of, holder_of
from tests.integration.feedback.people_rows import (
    add_identifier,
    add_person,
    forget_people,
    profile,
)

ANN = Group(profile(1), (profile(1), profile(2), profile(3)), ("ann", "ann-web", "old-ann"))


@pytest.fixture
async def people(pool: asyncpg.Pool) -> asyncpg.Pool:
    """Ann, into whom two were merged (one of them only a card), and Bob by himself."""
    await forget_people(pool)
    await add_person(pool, 1, "ann", "ann-web")
    await add_person(pool, 2, "old-ann", merged_into=1)
    await add_person(pool, 3, merged_into=1)
    await add_identifier(pool, 3, "loyalty_account", b"card")
    await add_person(pool, 4, "bob")
    return pool


@pytest.mark.parametrize("customer_id", ["ann", "ann-web", "old-ann"])
async def test_every_id_of_a_person_leads_to_all_of_them(
    people: asyncpg.Pool, customer_id: str
) -> None:
    assert await group_of(people, customer_id) == ANN


async def test_who_was_never_merged_stands_alone(people: asyncpg.Pool) -> None:
    assert await group_of(people, "bob") == Group(profile(4), (profile(4),), ("bob",))


@pytest.mark.parametrize("customer_id", ["stranger", "card"])
async def test_a_stranger_is_nobody(people: asyncpg.Pool, customer_id: str) -> None:
    assert await group_of(people, customer_id) is None


async def test_the_erased_are_nobody(people: asyncpg.Pool) -> None:
    await people.execute("UPDATE customers SET erased_at = now() WHERE customer_id = 'ann'")
    assert await group_of(people, "old-ann") is None


async def test_two_that_are_separated_again_stand_alone(people: asyncpg.Pool) -> None:
    await people.execute("UPDATE customers SET merged_into = NULL WHERE customer_id = 'old-ann'")
    found = await group_of(people, "old-ann")
    assert found == Group(profile(2), (profile(2),), ("old-ann",))


async def test_a_card_of_a_merged_profile_names_the_winner(people: asyncpg.Pool) -> None:
    assert await holder_of(people, [("phone", b"none"), ("loyalty_account", b"card")]) == "ann"


async def test_the_first_known_identifier_decides(people: asyncpg.Pool) -> None:
    keys = [("customer_id", b"bob"), ("loyalty_account", b"card")]
    assert await holder_of(people, keys) == "bob"
    assert await holder_of(people, [("phone", b"none")]) is None
