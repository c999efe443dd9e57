"""A page goes on with the next session of the same person, and of nobody else."""

from dataclasses import replace
from uuid import uuid4

from services.console.accounts.coming_back import Returning
from services.console.accounts.person import Language, Look, Person
from services.console.accounts.roles import Role

LIN = Person(uuid4(), "lin", "Lin", Role.MARKETER, Language.CHINESE, Look.LIGHT, uuid4())
AGAIN = replace(LIN, session_id=uuid4())


def test_a_handle_gives_the_next_session_once() -> None:
    returning = Returning()
    handle = returning.issue(AGAIN)
    assert returning.redeem(handle, LIN) == AGAIN
    assert returning.redeem(handle, LIN) is None


def test_a_page_is_not_handed_to_somebody_else() -> None:
    returning = Returning()
    other = replace(LIN, user_id=uuid4())
    assert returning.redeem(returning.issue(other), LIN) is None


def test_an_invented_handle_gives_nobody() -> None:
    assert Returning().redeem("", LIN) is None


def test_a_handle_is_worth_nothing_after_a_minute() -> None:
    now = [0.0]
    returning = Returning(lambda: now[0])
    handle = returning.issue(AGAIN)
    now[0] = 61.0
    assert returning.redeem(handle, LIN) is None


def test_handles_do_not_pile_up() -> None:
    returning = Returning()
    first = returning.issue(AGAIN)
    for _ in range(1000):
        returning.issue(AGAIN)
    assert returning.redeem(first, LIN) is None
