"""Decisions of status programmes depend on the facts alone, and a whole return undoes its order."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.deciding import Instant, decide_status
from services.scoring.domain.status.decision import StatusCustomer, StatusDecision
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.status.release import StatusRelease, status_release
from services.scoring.domain.tiers.decision import Versions
from tests.status_shop import club

START = datetime(2025, 1, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
_TIERS = [
    {"key": "regular"},
    {"key": "silver", "enter": {"all": {"stars": 5}}, "keep": {"all": {"stars": 3}}},
    {"key": "gold", "enter": {"any": {"stars": 14, "orders": 4}}, "keep": {"any": {"stars": 9}}},
]
_BY_DAY = [{"key": "regular"}, {"key": "silver", "enter": {"all": {"days": 2}}}]
_MONTHS = {"kind": "months", "months": 12}
_YEAR = {"kind": "calendar", "unit": "year"}
#: What differs from the club's document, by name.
PROGRAMMES: dict[str, dict[str, Any]] = {
    "ledger": {},
    "soft landing": {"downgrade": "one_step"},
    "track": {"qualification": "track", "validity": _MONTHS, "downgrade": "qualified"},
    "calendar": {
        "qualification": "track",
        "window": _YEAR,
        "validity": {"kind": "periods", "after": 1},
    },
    "floating": {"qualification": "track", "validity": {"kind": "floating"}},
    "least": {"counting": {"min_order": "2.00"}},
    "days": {"tiers": _BY_DAY, "counting": {"max_orders_per_day": 2}},
}
#: Where orders of one day bear on each other, a return may leave the day's unit some hours early.
#: A floating tier is kept by its keep rule, also by what is left after a return.
EXACT = [name for name in PROGRAMMES if name not in {"days", "floating"}]
TRACKS = {name for name, changes in PROGRAMMES.items() if changes.get("qualification") == "track"}


def release_of(name: str) -> StatusRelease:
    document = club(**{"tiers": _TIERS} | PROGRAMMES[name])
    return status_release(1, "club", [(1, None, document)], NOW.date())


def midnight_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def decided(name: str, rows: list[EntryRow], now: datetime = NOW) -> StatusDecision:
    customer = StatusCustomer(
        profile_id=UUID(int=1),
        customer_id="c-1",
        versions=Versions(1, 0),
        enrolled_at=START,
        rows=rows,
        pins=[Pin("p", "floor", "silver", NOW - timedelta(days=90), NOW - timedelta(days=60))],
        grants=[Grant("g", "invited", "gold", NOW - timedelta(days=50), NOW - timedelta(days=49))],
        order_days=(),
    )
    instant = Instant(now, now.date(), midnight_of)
    return decide_status([customer], release_of(name), instant)[0]


def standing(decision: StatusDecision) -> Any:
    """What is told of where a customer stands, without how they came there."""
    answer = json.loads(decision.answer + b"}")
    kept = ("tier", "valid_until", "status", "progress")
    return {name: answer[name] for name in kept}, decision.fall


orders = st.lists(
    st.tuples(st.integers(0, 680 * 4), st.integers(50, 900)), min_size=1, max_size=12, unique=True
)


def sales_of(drawn: list[tuple[int, int]]) -> list[EntryRow]:
    return [
        EntryRow(bytes([n]) * 16, None, at, at, spend, spend, 1, 1000)
        for n, (quarter, spend) in enumerate(drawn)
        if (at := START + timedelta(hours=6 * quarter)) <= NOW
    ]


def return_of(sale: EntryRow, known_at: datetime) -> EntryRow:
    undone = (-sale.spend, -sale.margin, -1, -sale.quantity_milli)
    return EntryRow(b"r" + sale.entry_id[1:], sale.entry_id, sale.at, known_at, *undone)


@pytest.mark.parametrize("name", PROGRAMMES)
@settings(max_examples=100, deadline=None)
@given(data=st.data(), drawn=orders)
def test_facts_in_any_order_decide_the_same(
    name: str, data: st.DataObject, drawn: list[tuple[int, int]]
) -> None:
    sales = sales_of(drawn)
    returned = [return_of(sale, NOW - timedelta(hours=3)) for sale in sales[::3]]
    rows = sales + returned
    assert decided(name, data.draw(st.permutations(rows))) == decided(name, rows)


@pytest.mark.parametrize("name", EXACT)
@settings(max_examples=100, deadline=None)
@given(data=st.data(), drawn=orders)
def test_after_a_whole_return_all_is_as_if_never_bought(
    name: str, data: st.DataObject, drawn: list[tuple[int, int]]
) -> None:
    sales = sales_of(drawn)
    gone = data.draw(st.sampled_from(sales)) if sales else None
    if gone is None:
        return
    check_a_whole_return(name, sales, gone, gone.at + (NOW - gone.at) * data.draw(st.floats(0, 1)))


def test_a_return_that_would_make_a_track_better_changes_nothing() -> None:
    """With 14 stars he was gold for a year; without the 1 of them he would be silver now."""
    sales = sales_of([(1, 900), (0, 100), (0, 400), (1460, 50)])
    check_a_whole_return("track", sales, sales[1], NOW)
    assert decided("track", sales).rank < decided("track", [sales[0], *sales[2:]]).rank


def check_a_whole_return(
    name: str, sales: list[EntryRow], gone: EntryRow, known_at: datetime
) -> None:
    kept = [sale for sale in sales if sale is not gone]
    returned = return_of(gone, known_at)
    heard = [sale for sale in sales if sale.at <= known_at]
    before = decided(name, heard, known_at)
    replay = decided(name, [sale for sale in heard if sale is not gone], known_at)
    if name in TRACKS and held(replay) > held(before):
        # a clawback takes the replay only where that is lower or ends earlier
        assert held(decided(name, [*heard, returned], known_at)) == held(before)
        return
    assert standing(decided(name, [*sales, returned])) == standing(decided(name, kept))


def held(decision: StatusDecision) -> tuple[int, datetime]:
    return decision.rank, decision.valid_until or datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("name", PROGRAMMES)
@settings(max_examples=50, deadline=None)
@given(data=st.data(), drawn=orders)
def test_nothing_changes_before_the_next_change(
    name: str, data: st.DataObject, drawn: list[tuple[int, int]]
) -> None:
    sales = sales_of(drawn)
    now = decided(name, sales)
    ahead = min(now.next_change_at, NOW + timedelta(days=800)) - NOW
    later = NOW + ahead * data.draw(st.floats(0, 0.999))
    then = decided(name, sales, later)
    assert (then.answer, then.items) == (now.answer, now.items)


@pytest.mark.parametrize("name", PROGRAMMES)
@settings(max_examples=50, deadline=None)
@given(data=st.data(), drawn=orders)
def test_tier_and_status_hold_until_the_review_is_due(
    name: str, data: st.DataObject, drawn: list[tuple[int, int]]
) -> None:
    sales = sales_of(drawn)
    now = decided(name, sales)
    ahead = min(now.due_at or NOW + timedelta(days=800), NOW + timedelta(days=800)) - NOW
    then = decided(name, sales, NOW + ahead * data.draw(st.floats(0, 0.999)))
    assert (then.rank, then.status, then.fall) == (now.rank, now.status, now.fall)
    assert then.valid_until == now.valid_until
