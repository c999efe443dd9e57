"""Who brings somebody is credited once for each, never for themselves, so many times a year."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.scoring.domain.points.calendar import calendar_of
from services.scoring.domain.points.referrals import Referral, credited
from services.scoring.domain.points.terms import TermsInForce, read_terms

CALENDAR = calendar_of("UTC")
T = datetime(2026, 12, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def keys(referrals: list[Referral], pending_days: int = 0, **referral: Any) -> list[str]:
    terms = {"points": 200, "max_per_year": 2} | referral
    points = {"earn": {"per": "1.00", "points": 1}, "referral": terms}
    document = {"currency": "CNY", "pending_days": pending_days, "points": points}
    schedule = [TermsInForce(read_terms(document), None)]
    found = credited(referrals, "me", schedule, CALENDAR)
    assert {each.points for each in found} <= {200}
    return [each.key.removeprefix("referral:") for each in found]


def made(key: str, referred: str | None, days: int = 0, *bought: tuple[int, int]) -> Referral:
    return Referral(key, T + days * DAY, referred, [(T + d * DAY, spend) for d, spend in bought])


@pytest.mark.parametrize(
    ("referrals", "expected"),
    [
        ([made("a", "x")], ["a"]),
        # nobody brings themselves, and one who is not known yet is nobody
        ([made("a", "me"), made("b", None)], []),
        # each customer once, the first time
        ([made("b", "x", 1), made("a", "x"), made("c", "x", 2)], ["a"]),
        # two a calendar year: the third waits for nothing, the next year counts anew
        ([made(key, key, 0) for key in "abc"] + [made("d", "d", 3)], ["a", "b", "d"]),
    ],
)
def test_who_is_credited(referrals: list[Referral], expected: list[str]) -> None:
    assert keys(referrals) == expected
    assert keys(referrals[::-1]) == expected


@pytest.mark.parametrize(
    ("bought", "expected"),
    [
        ([], []),
        ([(1, 4999)], []),
        ([(1, 5000)], ["a"]),
        # told a day after the first order; who has bought long since is nobody new
        ([(-1, 5000)], ["a"]),
        ([(-30, 5000), (1, 5000)], []),
    ],
)
def test_the_new_customer_must_have_bought_where_the_terms_say_so(
    bought: list[tuple[int, int]], expected: list[str]
) -> None:
    assert keys([made("a", "x", 0, *bought)], min_order="50.00") == expected


def test_the_credit_waits_for_the_pending_window_of_the_purchase() -> None:
    terms = {"points": 5, "max_per_year": 9, "min_order": "1.00"}
    points = {"earn": {"per": "1.00", "points": 1}, "referral": terms}
    read = read_terms({"currency": "CNY", "pending_days": 14, "points": points})
    (credit,) = credited([made("a", "x", 0, (3, 100))], "me", [TermsInForce(read, None)], CALENDAR)
    assert credit.at == T + 17 * DAY
