from typing import Final, Literal

import pytest
from argon2 import PasswordHasher
from typing_extensions import override

from services.console.accounts.passwords import (
    Passwords,
    WeakPassword,
    checked_password,
    name_key,
)

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
SLOWER = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
GOOD = "korrekt pferd 3"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("kurz 1 ab", "short", id="nine characters"),
        pytest.param("ab" * 129, "long", id="more than 256"),
        pytest.param("abababababab", "plain", id="two letters over and over"),
        pytest.param("Li Na's password", "name", id="holds the name"),
        pytest.param("ＬＩ　ＮＡ 2026!", "name", id="holds the name in wide letters"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, why: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        checked_password(password, "li na")
    assert caught.value.why == why


def test_a_password_may_be_chinese_and_is_the_same_however_it_was_typed() -> None:
    assert checked_password("会员等级真的很有用吗", "li")
    assert checked_password("cafe\u0301 cafe\u0301 1", "li") == "café café 1"


def test_names_are_compared_without_capitals_width_and_white_space() -> None:
    assert name_key("  Ｌi\tNA ") == name_key("li na")
    assert name_key("STRASSE") == name_key("straße")


async def test_only_the_password_that_was_hashed_is_right() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash(GOOD)
    assert kept.startswith("$argon2id$")
    assert await passwords.is_right(kept, GOOD)
    assert not await passwords.is_right(kept, GOOD + " ")
    assert not await passwords.is_right(kept, "")


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
async def test_a_name_without_a_password_is_never_let_in(kept: str | None) -> None:
    assert not await Passwords(QUICK).is_right(kept, "nobody's")


class Counting(PasswordHasher):
    """Keeps against which hashes it was asked."""

    checked: Final[list[str]] = []

    @override
    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.checked.append(str(hash))
        return super().verify(hash, password)


async def test_a_name_without_a_password_costs_as_much_as_one_with() -> None:
    hasher = Counting(time_cost=1, memory_cost=64, parallelism=1)
    passwords = Passwords(hasher)
    kept = await passwords.hash(GOOD)
    assert [await passwords.is_right(kept, GOOD), await passwords.is_right(None, GOOD)] == [1, 0]
    asked = [checked.split("$")[:4] for checked in hasher.checked]
    assert asked == [kept.split("$")[:4]] * 2


async def test_a_password_longer_than_any_is_wrong_without_hashing_all_of_it() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash("x" * 257)
    assert not await passwords.is_right(kept, "x" * 257)


async def test_a_hash_is_renewed_when_the_parameters_have_changed() -> None:
    kept = await Passwords(QUICK).hash(GOOD)
    assert await Passwords(QUICK).renewed(kept, GOOD) is None
    renewed = await Passwords(SLOWER).renewed(kept, GOOD)
    assert renewed is not None
    assert await Passwords(SLOWER).is_right(renewed, GOOD)
