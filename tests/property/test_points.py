"""A points wallet is a function of the set of what happened, whatever order it came in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.points.calendar import calendar_of
from services.scoring.domain.points.earning import Earning, OrderEntry, earned
from services.scoring.domain.points.happenings import (
    Cancellation,
    Clawback,
    Credit,
    Happening,
    Spending,
)
from services.scoring.domain.points.terms import TermsInForce, read_terms
from services.scoring.domain.points.wallet import wallet_at

T = datetime(2026, 1, 31, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EXAMPLES = 500
CALENDAR = calendar_of("UTC")
days = st.integers(0, 60)
amounts = st.integers(1, 300)


@st.composite
def histories(draw: st.DrawFn) -> list[Happening]:
    """Credits with expiries, what takes them back, spendings and their cancellations."""
    happened: list[Happening] = []
    for place in range(draw(st.integers(0, 6))):
        at, points = T + draw(days) * DAY, draw(amounts)
        lasts = draw(st.none() | days)
        ends = None if lasts is None else at + lasts * DAY
        happened.append(Credit(f"c{place}", at, points, ends))
        for turn in range(draw(st.integers(0, 2))):
            back = Clawback(f"r{place}.{turn}", at + draw(days) * DAY, f"c{place}", points // 2)
            happened.append(back)
    for place in range(draw(st.integers(0, 5))):
        at = T + draw(days) * DAY
        happened.append(Spending(f"s{place}", at, draw(amounts)))
        if draw(st.booleans()):
            happened.append(Cancellation(f"x{place}", at + draw(days) * DAY, f"s{place}"))
    return happened


@st.composite
def orders(draw: st.DrawFn) -> list[OrderEntry]:
    """Orders, parts of which come back or are corrected."""
    entries = []
    for place in range(draw(st.integers(0, 6))):
        at, spend = T + draw(days) * DAY / 3, draw(st.integers(0, 5000))
        entries.append(OrderEntry(f"o{place}", None, at, at, spend))
        for turn in range(draw(st.integers(0, 2))):
            known = at + draw(st.integers(-3, 60)) * DAY
            worth = draw(st.integers(-spend // 2, 500))
            entries.append(OrderEntry(f"o{place}.{turn}", f"o{place}", at, known, worth))
    return entries


DOCUMENT: dict[str, Any] = {
    "currency": "CNY",
    "pending_days": 7,
    "points": {
        "earn": {"per": "3.00", "points": 2, "tiers": {"gold": "1.25"}},
        "expiry": {"months": 1},
        "min_order": "5.00",
    },
}
SCHEDULE = [
    TermsInForce(read_terms(DOCUMENT), None),
    TermsInForce(read_terms(DOCUMENT | {"pending_days": 0}), T + 9 * DAY),
]
EARNING = Earning(SCHEDULE, lambda at: "gold" if at > T + 5 * DAY else None, CALENDAR)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), st.randoms(use_true_random=False), days)
def test_order_and_repetition_do_not_count(
    happened: list[Happening], random: Any, after: int
) -> None:
    shuffled = happened + happened[: len(happened) // 2]
    random.shuffle(shuffled)
    assert wallet_at(shuffled, T + after * DAY) == wallet_at(happened, T + after * DAY)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), days)
def test_entries_add_up_to_the_balance(happened: list[Happening], after: int) -> None:
    wallet = wallet_at(happened, T + after * DAY)
    assert sum(entry.points for entry in wallet.entries) == wallet.balance
    assert wallet.debt >= 0
    assert all(lot.points > 0 for lot in wallet.lots)
    assert not (wallet.debt and wallet.lots)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), days)
def test_a_balance_moves_only_when_it_says(happened: list[Happening], after: int) -> None:
    now = T + after * DAY
    wallet = wallet_at(happened, now)
    until = wallet.next_change_at or now + 400 * DAY
    assert wallet_at(happened, until - timedelta(microseconds=1)) == wallet


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), days, days)
def test_entries_of_the_past_stay(happened: list[Happening], early: int, more: int) -> None:
    before = wallet_at(happened, T + early * DAY).entries
    assert wallet_at(happened, T + (early + more) * DAY).entries[: len(before)] == before


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), amounts, days)
def test_a_covered_redemption_never_makes_a_debt(
    happened: list[Happening], points: int, after: int
) -> None:
    now = T + after * DAY
    before = wallet_at([each for each in happened if each.at <= now], now)
    spending = Spending("~new", now, points)
    wallet = wallet_at([*(each for each in happened if each.at <= now), spending], now)
    assert wallet.balance == before.balance - points
    if points <= before.balance:
        assert wallet.debt == 0


@settings(max_examples=EXAMPLES, deadline=None)
@given(orders(), st.randoms(use_true_random=False))
def test_points_of_orders_are_free_of_their_order(entries: list[OrderEntry], random: Any) -> None:
    shuffled = entries + entries[::2]
    random.shuffle(shuffled)
    now = T + 50 * DAY
    first, second = (wallet_at(earned(given, EARNING), now) for given in (entries, shuffled))
    assert first == second


@st.composite
def spendings(draw: st.DrawFn) -> list[Happening]:
    """Redemptions, some of them cancelled."""
    return [each for each in draw(histories()) if isinstance(each, Spending | Cancellation)]


def wallets(
    entries: list[OrderEntry], others: list[Happening], days_after: int, earning: Earning
) -> tuple[int, int]:
    """Tell a balance without an order, and with it and its full return."""
    now = T + 400 * DAY
    bought = OrderEntry("extra", None, T, T, 4000)
    back = OrderEntry("back", "extra", T, T + days_after * DAY, -4000)
    without, with_both = (
        wallet_at([*earned(given, earning), *others], now).balance
        for given in (entries, [*entries, bought, back])
    )
    return without, with_both


# While points expire, an order that came back may have spared points of others, or cost them.
@settings(max_examples=EXAMPLES, deadline=None)
@given(orders(), days)
def test_an_order_returned_in_full_equals_never_bought_where_nothing_was_spent(
    entries: list[OrderEntry], days_after: int
) -> None:
    without, with_both = wallets(entries, [], days_after, EARNING)
    assert with_both == without


FOREVER = {name: part for name, part in DOCUMENT["points"].items() if name != "expiry"}
UNENDING = Earning([TermsInForce(read_terms(DOCUMENT | {"points": FOREVER}), None)],
                   EARNING.tier_at, CALENDAR)  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None)
@given(orders(), spendings(), days)
def test_an_order_returned_in_full_equals_never_bought_where_nothing_expires(
    entries: list[OrderEntry], others: list[Happening], days_after: int
) -> None:
    without, with_both = wallets(entries, others, days_after, UNENDING)
    assert with_both == without
