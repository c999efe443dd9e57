import asyncio

import pytest

from services.console.accounts.passwords import WeakPassword
from services.console.accounts.queries import users as queries
from services.console.accounts.roles import Role
from services.console.accounts.users import (
    BadName,
    LastAdmin,
    NameTaken,
    UnknownUser,
    Wanted,
)
from shared.ids import uuid7
from tests.integration.console.conftest import HERE, PASSWORD, Door


@pytest.mark.parametrize("name", ["LI NA", " li  na", "Ｌｉ Ｎａ"])
async def test_names_that_look_alike_are_one(door: Door, name: str) -> None:
    await door.add("Li Na")
    with pytest.raises(NameTaken):
        await door.add(name)


@pytest.mark.parametrize("name", ["", "  ", "a\u200bb", "x" * 101, "a\x00b"])
async def test_a_name_that_cannot_be_read_is_refused(door: Door, name: str) -> None:
    with pytest.raises(BadName):
        await door.users.create(Wanted(name, "", Role.OPS, PASSWORD))


async def test_users_are_listed_by_name_page_by_page(door: Door) -> None:
    for name in ("c", "A", "b"):
        await door.users.create(Wanted(name, "", Role.OPS))
    first, after = await door.users.page(limit=2)
    rest, end = await door.users.page(after, limit=2)
    assert [user.name for user in first + rest] == ["A", "b", "c"]
    assert end == ""


async def test_the_first_user_is_made_once_however_many_start_at_once(door: Door) -> None:
    made = await asyncio.gather(*(door.users.create_first("short") for _ in range(4)))
    assert sorted(made) == [False, False, False, True]
    assert (await door.users.named("ADMIN")).role is Role.ADMIN
    assert not await door.users.create_first("another")


async def test_no_first_user_is_made_where_there_are_users(door: Door) -> None:
    await door.add("li", Role.ADMIN)
    assert not await door.users.create_first("short")
    with pytest.raises(UnknownUser):
        await door.users.named("admin")


async def test_a_role_is_changed_for_open_sessions_too(door: Door) -> None:
    known = await door.add("li", Role.ANALYST)
    await door.sessions.person_with(known.token)
    await door.users.change_role(known.user_id, Role.OPS)
    person = await door.sessions.person_with(known.token)
    assert person is not None
    assert person.role is Role.OPS


async def test_the_last_admin_keeps_the_role_and_the_way_in(door: Door) -> None:
    known = await door.add("li", Role.ADMIN)
    gone = await door.add("gone", Role.ADMIN)
    await door.users.disable(gone.user_id)
    with pytest.raises(LastAdmin):
        await door.users.change_role(known.user_id, Role.OPS)
    with pytest.raises(LastAdmin):
        await door.users.disable(known.user_id)
    assert await door.sessions.person_with(known.token)


async def test_two_admins_that_lock_each_other_out_leave_one(door: Door) -> None:
    admins = [await door.add(name, Role.ADMIN) for name in ("li", "wu")]
    calls = (door.users.disable(each.user_id) for each in admins)
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results].count(LastAdmin) == 1
    left = [await door.sessions.person_with(each.token) for each in admins]
    assert [person is None for person in left].count(False) == 1


async def test_who_is_locked_out_has_no_session_until_let_in_again(door: Door) -> None:
    known = await door.add("li")
    await door.users.disable(known.user_id)
    assert await door.sessions.person_with(known.token) is None
    await door.users.enable(known.user_id)
    assert await door.sessions.person_with(known.token) is None
    token = await door.sessions.open(known.user_id, HERE)
    assert await door.sessions.person_with(token)


async def test_a_new_password_ends_all_sessions_but_the_one_it_was_set_in(door: Door) -> None:
    known = await door.add("li")
    another = await door.sessions.open(known.user_id, HERE)
    person = await door.sessions.person_with(known.token)
    assert person is not None
    await door.users.set_password(known.user_id, "neues wort 77", but=person.session_id)
    assert await door.sessions.person_with(known.token)
    assert await door.sessions.person_with(another) is None


async def test_a_weak_password_changes_nothing(door: Door) -> None:
    known = await door.add("li")
    before = await queries.proof_of(door.pool, "li")
    with pytest.raises(WeakPassword):
        await door.users.set_password(known.user_id, "short")
    assert await queries.proof_of(door.pool, "li") == before


async def test_what_concerns_nobody_is_refused(door: Door) -> None:
    for change in (
        door.users.change_role(uuid7(), Role.OPS),
        door.users.disable(uuid7()),
        door.users.enable(uuid7()),
        door.users.set_password(uuid7(), PASSWORD),
    ):
        with pytest.raises(UnknownUser):
            await change
