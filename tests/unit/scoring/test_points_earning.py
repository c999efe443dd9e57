"""Orders earn by the terms and the tier of their instant, net of what came back."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.scoring.domain.points.calendar import calendar_of, months_after
from services.scoring.domain.points.earning import Earning, OrderEntry, earned
from services.scoring.domain.points.happenings import Clawback, Credit
from services.scoring.domain.points.terms import TermsInForce, read_terms
from services.scoring.domain.points.wallet import wallet_at
from shared.clock import first_instant_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = calendar_of("Asia/Shanghai")
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = NOON + 90 * DAY


def document(pending_days: int = 0, **points: Any) -> dict[str, Any]:
    plain = {"earn": {"per": "1.00", "points": 1}, "expiry": {"months": 12, "round": "none"}}
    return {"currency": "CNY", "pending_days": pending_days, "points": plain | points}


def earning(
    given: dict[str, Any], tier_at: Callable[[datetime], str | None] = lambda _: None
) -> Earning:
    return Earning([TermsInForce(read_terms(given), None)], tier_at, CALENDAR)


def sale(key: str, spend: int, at: datetime = NOON) -> OrderEntry:
    return OrderEntry(key, None, at, at, spend)


def change(key: str, of: str, spend: int, days: int, at: datetime = NOON) -> OrderEntry:
    return OrderEntry(key, of, at, at + days * DAY, spend)


def balance(entries: Sequence[OrderEntry], rest: Earning, now: datetime = LATER) -> int:
    return wallet_at(earned(entries, rest), now).balance


PER_TEN: dict[str, Any] = {"earn": {"per": "10.00", "points": 3}}
GOLD: dict[str, Any] = {"earn": {"per": "1.00", "points": 1, "tiers": {"gold": "1.5"}}}


@pytest.mark.parametrize(
    ("given", "entries", "points"),
    [
        (document(), [sale("a", 1999)], 19),
        (document(**PER_TEN), [sale("a", 1999)], 3),
        (document(**PER_TEN), [sale("a", 999)], 0),
        # a part comes back: what is left decides
        (document(**PER_TEN), [sale("a", 2500), change("r", "a", -600, 3)], 3),
        (document(), [sale("a", 2500), change("r", "a", -2500, 3)], 0),
        # an order that is corrected upwards earns the rest
        (document(), [sale("a", 2500), change("u", "a", 500, 3)], 30),
        (
            document(),
            [sale("a", 2500), change("u", "a", 500, 3), change("r", "a", -2700, 5)],
            3,
        ),
        # a change without its order has no effect
        (document(), [change("r", "nobody", -500, 3)], 0),
        (document(min_order="5.00"), [sale("a", 499), sale("b", 500)], 5),
        # what is left of it is below the least
        (document(min_order="5.00"), [sale("a", 900), change("r", "a", -500, 3)], 0),
        (document(max_orders_per_day=2), [sale(key, 100) for key in "abcd"], 2),
        # a returned order keeps its place in its day
        (
            document(max_orders_per_day=1),
            [sale("a", 100), change("r", "a", -100, 1), sale("b", 900)],
            0,
        ),
        (document(starts_on="2026-03-02"), [sale("a", 100), sale("b", 100, NOON + DAY)], 1),
        # a thousand orders of one cent
        (document(), [sale(str(each), 1) for each in range(1000)], 0),
    ],
)  # fmt: skip
def test_points_of_orders(given: dict[str, Any], entries: list[OrderEntry], points: int) -> None:
    assert balance(entries, earning(given)) == points


def test_a_tier_multiplies_what_orders_placed_in_it_earn() -> None:
    rest = earning(document(**GOLD), lambda at: "gold" if at > NOON else "silver")
    assert balance([sale("a", 1100), sale("b", 1100, NOON + DAY)], rest) == 11 + 16


def test_a_return_takes_back_what_the_tier_of_its_order_had_given() -> None:
    rest = earning(document(**GOLD), lambda at: "gold")
    entries = [sale("a", 1100), change("r", "a", -1000, 5)]
    assert [type(each) for each in earned(entries, rest)] == [Credit, Clawback]
    assert balance(entries, rest) == 1


def test_pending_points_come_in_when_the_window_has_passed() -> None:
    rest = earning(document(pending_days=14))
    wallets = [wallet_at(earned([sale("a", 500)], rest), NOON + days * DAY) for days in (13, 14)]
    assert [each.balance for each in wallets] == [0, 5]
    assert (wallets[0].pending, wallets[1].pending) == (5, 0)
    assert wallets[0].next_change_at == NOON + 14 * DAY


def test_what_came_back_while_pending_never_earns() -> None:
    entries = [sale("a", 500), change("r", "a", -500, 10)]
    assert not earned(entries, earning(document(pending_days=14)))


def test_a_return_known_before_its_order_is_netted() -> None:
    entries = [sale("a", 500), change("r", "a", -200, -2)]
    (credit,) = earned(entries, earning(document()))
    assert isinstance(credit, Credit)
    assert credit.points == 3


@pytest.mark.parametrize(
    ("expiry", "expires"),
    [
        ({"months": 12}, date(2027, 3, 1)),
        ({"months": 12, "round": "year_end"}, date(2028, 1, 1)),
        ({"months": 1, "round": "none"}, date(2026, 4, 1)),
    ],
)
def test_points_expire_as_a_local_day_begins(expiry: dict[str, Any], expires: date) -> None:
    terms = read_terms(document(expiry=expiry))
    assert terms is not None
    assert terms.expiry_of(NOON, CALENDAR) == first_instant_of(expires, SHANGHAI)


def test_points_without_expiry_never_expire() -> None:
    given = document()
    del given["points"]["expiry"]
    terms = read_terms(given)
    assert terms is not None
    assert terms.expiry_of(NOON, CALENDAR) is None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(9999, 6, 1), 12, date.max),
    ],
)
def test_months_are_counted_from_the_anchor(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def test_orders_earn_by_the_version_of_their_instant() -> None:
    old, new = read_terms(document()), read_terms(document(**PER_TEN))
    schedule = [
        TermsInForce(None, None),
        TermsInForce(old, NOON - DAY),
        TermsInForce(new, NOON + DAY),
    ]
    entries = [sale(str(days), 2000, NOON + days * DAY) for days in (-2, 0, 2)]
    rest = Earning(schedule, lambda _: None, CALENDAR)
    came_in = {each.key: each.points for each in earned(entries, rest) if isinstance(each, Credit)}
    assert came_in == {"earned:0": 20, "earned:2": 6}


def test_a_programme_without_points_gives_none() -> None:
    assert read_terms({"currency": "CNY"}) is None
