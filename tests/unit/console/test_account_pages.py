from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from nicegui import ui

from services.console.accounts.passwords import WeakPassword
from services.console.accounts.people import OpenSession
from services.console.accounts.person import Language
from services.console.accounts.roles import Permission, Role
from services.console.accounts.users import LastAdmin, Users
from services.console.changing.accounts import Deed, done, not_accepted
from services.console.parts.faults import words_of
from services.console.visiting.changes import (
    NotAccepted,
    NotAllowed,
    ReasonMissing,
    SessionOver,
)
from tests.unit.console.visits import NOW, browsing, stage

DEED = Deed(Permission.USERS_CHANGE, "user.disabled", "user:wu", {"as": "ops"})


async def nothing(_: Users) -> str:
    return "made"


async def last_admin(_: Users) -> None:
    raise LastAdmin


async def test_a_change_of_users_is_written_down_with_its_reason_and_outcome() -> None:
    here = stage()
    assert await done(here.visit, DEED, " left  the shop ", nothing) == "made"
    (entry,) = here.accounts.entries
    assert (entry.actor, entry.action, entry.subject) == ("user:lin", "user.disabled", "user:wu")
    assert entry.details == {"reason": "left the shop", "role": "admin", "as": "ops"}
    assert here.accounts.outcomes == ["done"]


async def test_what_accounts_refuse_is_written_down_too_and_said_in_words() -> None:
    here = stage(language=Language.CHINESE)
    with pytest.raises(NotAccepted) as caught:
        await done(here.visit, DEED, "left the shop", last_admin)
    assert here.accounts.outcomes == ["refused: LastAdmin"]
    assert "最后一位管理员" in words_of(here.visit, caught.value)


@pytest.mark.parametrize("why", ["short", "long", "plain", "name"])
def test_a_weak_password_is_explained(why: str) -> None:
    here = stage()
    assert words_of(here.visit, not_accepted(WeakPassword(why)))


async def test_nothing_is_done_without_role_session_or_reason() -> None:
    for role in set(Role) - {Role.ADMIN}:
        here = stage(role=role)
        with pytest.raises(NotAllowed):
            await done(here.visit, DEED, "left the shop", nothing)
        assert here.accounts.entries == []
    here = stage()
    with pytest.raises(ReasonMissing):
        await done(here.visit, DEED, "  ", nothing)
    here.accounts.person = None
    with pytest.raises(SessionOver):
        await done(here.visit, DEED, "left the shop", nothing)
    assert here.accounts.entries == []


def session(session_id: UUID, agent: str) -> OpenSession:
    return OpenSession(session_id, NOW, NOW, NOW + timedelta(hours=1), "203.0.113.9", agent)


async def test_my_account_shows_where_i_am_signed_in_and_ends_the_others() -> None:
    here = stage(role=Role.OPS)
    evil = "<img src=x onerror=alert(1)>"
    here.accounts.users.open = [
        session(here.visit.person.session_id, "Firefox"),
        session(uuid4(), evil),
    ]
    async with browsing(here.visit) as user:
        await user.open("/account")
        await user.should_see("Firefox")
        await user.should_see(evil)
        await user.should_see("This one")
        await user.should_see(content="End", kind=ui.button)


async def test_new_passwords_that_differ_are_refused_before_anything_is_asked() -> None:
    here = stage()
    async with browsing(here.visit) as user:
        await user.open("/account")
        user.find("New password").type("one password 1")
        user.find("New password again").type("another password 2")
        user.find(content="Change password", kind=ui.button).click()
        await user.should_see("The two new passwords are not alike.")
    assert here.accounts.entries == []


async def test_users_are_listed_with_a_way_to_each() -> None:
    here = stage()
    async with browsing(here.visit) as user:
        await user.open("/users")
        (grid,) = user.find(ui.aggrid).elements
        (row,) = grid.options["rowData"]
    assert row["name_href"] == f"/users/{here.visit.person.user_id}"
    assert (row["name"], row["role"], row["state"]) == ("lin", "Administrator", "Active")


@pytest.mark.parametrize("user_id", ["c-1", str(UUID(int=7))])
async def test_a_user_who_is_not_there_is_said_not_to_be(user_id: str) -> None:
    here = stage()
    async with browsing(here.visit) as user:
        await user.open(f"/users/{user_id}")
        await user.should_see("There is no such user.")
