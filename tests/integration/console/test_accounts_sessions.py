import pytest

from services.console.accounts.person import Language, Look
from services.console.accounts.roles import Role
from tests.integration.console.conftest import HERE, Door


async def test_a_token_opens_the_session_of_its_person(door: Door) -> None:
    known = await door.add("Li Na", Role.SERVICE)
    person = await door.sessions.person_with(known.token)
    assert person is not None
    assert (person.name, person.display, person.role) == ("Li Na", "Li Na", Role.SERVICE)
    assert person == await door.sessions.live(person.session_id)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 100])
async def test_an_invented_token_opens_nothing(door: Door, token: str) -> None:
    await door.add("li")
    assert await door.sessions.person_with(token) is None


async def test_a_token_is_nowhere_in_the_database(door: Door) -> None:
    known = await door.add("li")
    rows = await door.pool.fetch("SELECT console_sessions::text AS row FROM console_sessions")
    assert [known.token in row["row"] for row in rows] == [False]


async def test_a_session_is_over_after_its_longest_however_much_it_is_used(door: Door) -> None:
    known = await door.add("li")
    for _ in range(11):
        door.clock.advance(hours=1)
        assert await door.elsewhere().person_with(known.token)
    door.clock.advance(hours=1)
    assert await door.elsewhere().person_with(known.token) is None
    assert await door.sessions.person_with(known.token) is None


async def test_a_session_that_is_not_used_is_over_sooner(door: Door) -> None:
    known = await door.add("li")
    door.clock.advance(hours=2)
    assert await door.elsewhere().person_with(known.token) is None


async def test_looking_whether_a_session_lives_does_not_keep_it(door: Door) -> None:
    person = await door.sessions.person_with((await door.add("li")).token)
    assert person is not None
    for _ in range(2):
        door.clock.advance(minutes=59)
        assert await door.elsewhere().live(person.session_id)
    door.clock.advance(minutes=2)
    assert await door.elsewhere().live(person.session_id) is None


async def test_doing_something_on_an_open_page_keeps_the_session(door: Door) -> None:
    person = await door.sessions.person_with((await door.add("li")).token)
    assert person is not None
    door.clock.advance(minutes=119)
    await door.sessions.keep(person.session_id)
    door.clock.advance(minutes=119)
    assert await door.elsewhere().live(person.session_id)


async def test_an_ended_session_is_over_at_once_here(door: Door) -> None:
    known = await door.add("li")
    person = await door.sessions.person_with(known.token)
    assert person is not None
    await door.keeper.sign_out(person)
    assert await door.sessions.person_with(known.token) is None
    assert await door.sessions.live(person.session_id) is None
    assert await door.noted() == ["user.signed_out"]


async def test_all_sessions_but_ones_own_can_be_ended(door: Door) -> None:
    known = await door.add("li")
    await door.sessions.open(known.user_id, HERE)
    person = await door.sessions.person_with(known.token)
    assert person is not None
    assert len(await door.sessions.of_user(known.user_id)) == 2
    assert await door.sessions.end_all_of(known.user_id, but=person.session_id) == 1
    assert [s.session_id for s in await door.sessions.of_user(known.user_id)] == [person.session_id]


async def test_what_somebody_likes_is_kept_and_seen_at_once(door: Door) -> None:
    known = await door.add("li")
    person = await door.sessions.person_with(known.token)
    assert person is not None
    await door.keeper.prefer(person, language=Language.CHINESE)
    await door.keeper.prefer(person, look=Look.DARK)
    changed = await door.sessions.live(person.session_id)
    assert changed is not None
    assert (changed.language, changed.look) == (Language.CHINESE, Look.DARK)


async def test_sessions_long_over_are_forgotten_at_the_next_sign_in(door: Door) -> None:
    known = await door.add("li")
    door.clock.advance(days=31)
    await door.sessions.open(known.user_id, HERE)
    assert await door.pool.fetchval("SELECT count(*) FROM console_sessions") == 1


async def test_a_session_that_is_over_is_not_revived_by_a_page_left_open(door: Door) -> None:
    person = await door.sessions.person_with((await door.add("li")).token)
    assert person is not None
    door.clock.advance(minutes=119)
    assert await door.sessions.live(person.session_id)
    door.clock.advance(minutes=2)
    await door.sessions.keep(person.session_id)
    await door.elsewhere().keep(person.session_id)
    assert await door.elsewhere().live(person.session_id) is None
