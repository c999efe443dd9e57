import pytest

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.changing.accounts import change_own_password
from services.console.visiting.changes import NotAccepted, SessionOver
from services.console.visiting.house import House
from services.console.visiting.visit import Seat, Visit
from tests.integration.console.conftest import HERE, PASSWORD, Door, Known

NEW = "neues wort 77"


async def visit_of(door: Door, known: Known) -> Visit:
    person = await door.sessions.person_with(known.token)
    assert person is not None
    house = House.__new__(House)
    object.__setattr__(house, "accounts", door.keeper)
    return Visit(house, Seat(person), Language.ENGLISH, is_dark=False)


async def test_who_knows_their_password_may_change_it_and_stays_here(door: Door) -> None:
    known = await door.add("li", Role.OPS)
    elsewhere = await door.sessions.open(known.user_id, HERE)
    await change_own_password(await visit_of(door, known), PASSWORD, NEW)
    assert await door.keeper.proved("li", NEW, "") == known.user_id
    assert await door.sessions.person_with(known.token)
    assert await door.sessions.person_with(elsewhere) is None
    assert await door.noted() == ["user.password_changed"]


@pytest.mark.parametrize(
    ("current", "new", "key"),
    [
        ("wrong", NEW, "account.wrong_password"),
        (PASSWORD, "short", "users.weak_short"),
        (PASSWORD, "i am li am li", "users.weak_name"),
    ],
    ids=["current", "weak", "name"],
)
async def test_a_password_is_not_changed_otherwise(
    door: Door, current: str, new: str, key: str
) -> None:
    known = await door.add("li")
    with pytest.raises(NotAccepted) as caught:
        await change_own_password(await visit_of(door, known), current, new)
    assert caught.value.key == key
    assert await door.keeper.proved("li", PASSWORD, "") == known.user_id


async def test_an_open_page_is_no_place_to_guess_the_password(door: Door) -> None:
    visit = await visit_of(door, await door.add("li"))
    keys = []
    for _ in range(6):
        with pytest.raises(NotAccepted) as caught:
            await change_own_password(visit, "guess", NEW)
        keys.append(caught.value.key)
    assert keys[-2:] == ["account.wrong_password", "account.too_many_tries"]


async def test_an_ended_session_changes_nothing(door: Door) -> None:
    known = await door.add("li")
    visit = await visit_of(door, known)
    await door.sessions.end_all_of(known.user_id)
    with pytest.raises(SessionOver):
        await change_own_password(visit, PASSWORD, NEW)
