"""The planted truths are in the data: found again from the receipts alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

import pytest

from deploy.demo.planted import (
    CHURN_WAVE_DAYS_AGO,
    RISING_BUYER,
    STAR_REFERRALS,
    customer_id,
    truths,
)
from deploy.demo.spec import ShopSpec
from services.scoring.domain.seen.lifecycle import Lifecycle, lifecycle
from tests.unit.demo.wire_checker import Body

People = dict[tuple[str, str], str]
LAST_DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def told(spec: ShopSpec) -> dict[str, tuple[str, ...]]:
    return {truth.key: truth.customer_ids for truth in truths(spec)}


def of_members(receipts: list[Body], people: People) -> Iterator[tuple[str, Body]]:
    for body in receipts:
        if body["customer"]:
            yield people[next(iter(body["customer"].items()))], body


def visits(receipts: list[Body], people: People) -> dict[str, list[date]]:
    days: defaultdict[str, set[date]] = defaultdict(set)
    for person, body in of_members(receipts, people):
        if body["type"] == "sale":
            days[person].add(date.fromisoformat(body["business_date"]))
    return {person: sorted(found) for person, found in days.items()}


def is_gone(days: list[date]) -> bool:
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return len(days) >= 15 and (LAST_DAY - days[-1]).days > 3 * median(gaps)


def test_wave_of_churn_shows_as_regulars_stopping_in_the_same_weeks(
    receipts: list[Body], people: People, told: dict[str, tuple[str, ...]]
) -> None:
    gone = {person: days[-1] for person, days in visits(receipts, people).items() if is_gone(days)}
    by_fortnight = Counter((LAST_DAY - last).days // 14 for last in gone.values())
    stopped = range(CHURN_WAVE_DAYS_AGO, CHURN_WAVE_DAYS_AGO + 21)
    wave = {person for person, last in gone.items() if (LAST_DAY - last).days in stopped}
    assert set(told["churn_wave"]) <= set(gone)
    assert set(told["churn_wave"]) <= wave
    assert by_fortnight.most_common(1)[0][0] in {8, 9}
    assert len(told["churn_wave"]) > 0.8 * len(wave)


def test_lifecycle_calls_the_wave_churned_and_the_rising_buyer_active(
    receipts: list[Body], people: People, told: dict[str, tuple[str, ...]]
) -> None:
    days = visits(receipts, people)
    stages = {key: {lifecycle(days[who], LAST_DAY) for who in ids} for key, ids in told.items()}
    assert stages["churn_wave"] == {Lifecycle.CHURNED}
    assert stages["rising_buyer"] == {Lifecycle.ACTIVE}


def test_only_one_regular_ends_with_nothing_spent(
    receipts: list[Body], people: People, told: dict[str, tuple[str, ...]]
) -> None:
    net: defaultdict[str, Decimal] = defaultdict(Decimal)
    sales: Counter[str] = Counter()
    for person, body in of_members(receipts, people):
        sign = 1 if body["type"] == "sale" else -1
        sales[person] += sign == 1
        net[person] += sign * Decimal(body["total"]["net"])
    empty = [person for person, count in sales.items() if count >= 15 and net[person] == 0]
    assert tuple(empty) == told["returns_everything"]


def test_referral_star_stands_far_above_the_rest(
    events: list[Body], people: People, told: dict[str, tuple[str, ...]]
) -> None:
    made = Counter(
        people[next(iter(body["customer"].items()))]
        for body in events
        if body["type"] == "referral_made"
    )
    (star, count), (_, second) = made.most_common(2)
    assert (star,) == told["referral_star"]
    assert count == STAR_REFERRALS > 5 * second


def test_referred_customers_start_to_buy_when_referred(
    receipts: list[Body], events: list[Body], people: People
) -> None:
    first = {person: days[0] for person, days in visits(receipts, people).items()}
    referrals = [body for body in events if body["type"] == "referral_made"]
    for body in referrals:
        referred = body["properties"]["referred_customer_id"]
        assert first[referred] == date.fromisoformat(body["occurred_at"][:10])


def test_rising_buyer_grows_from_little_to_much(
    receipts: list[Body], people: People, spec: ShopSpec
) -> None:
    person = customer_id(spec, RISING_BUYER)
    spent: Counter[int] = Counter()
    for owner, body in of_members(receipts, people):
        if owner == person and body["type"] == "sale":
            day = date.fromisoformat(body["business_date"])
            spent[(LAST_DAY - day) // timedelta(days=183)] += int(
                Decimal(body["total"]["net"]) * 100
            )
    assert spent[0] > spent[1] > spent[2]
    assert spent[0] > 6 * spent[3]


def test_truths_are_named_and_explained(spec: ShopSpec) -> None:
    assert [truth.key for truth in truths(spec)] == [
        "churn_wave", "returns_everything", "referral_star", "rising_buyer",
    ]  # fmt: skip
    assert all(truth.finding and truth.customer_ids for truth in truths(spec))
