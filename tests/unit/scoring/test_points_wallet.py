"""Lots, the earliest expiry first; expiry, redemption, cancellation, clawback and debt."""

from datetime import UTC, datetime, timedelta

import pytest

from services.scoring.domain.points.happenings import (
    Cancellation,
    Clawback,
    Credit,
    EntryKind,
    Happening,
    Spending,
)
from services.scoring.domain.points.wallet import wallet_at


def day(year: int, month: int, date: int) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


JAN_25, SEP_24 = day(2025, 1, 10), day(2024, 9, 10)
O1 = Credit("o1", JAN_25, 100, day(2026, 1, 10))
O2 = Credit("o2", SEP_24, 200, day(2025, 9, 10))
REWARD = Spending("reward", day(2025, 8, 1), 150)
CANCELLED = Cancellation("cancel", day(2025, 9, 11), "reward")
SECOND = Spending("second", day(2025, 9, 12), 80)
RETURNED = Clawback("return", day(2025, 9, 13), "o1", 100)
O3 = Credit("o3", day(2025, 9, 14), 120, day(2026, 9, 14))
WORKED: list[Happening] = [O1, O2, REWARD, CANCELLED, SECOND, RETURNED, O3]


def test_the_worked_example_comes_out_to_the_number() -> None:
    steps = {
        REWARD.at: 150,
        day(2025, 9, 10): 100,
        CANCELLED.at: 100,
        SECOND.at: 20,
        RETURNED.at: -80,
        O3.at: 40,
    }
    assert {at: wallet_at(WORKED, at).balance for at in steps} == steps


def test_the_worked_example_shows_its_entries() -> None:
    shown = [(each.kind, each.points) for each in wallet_at(WORKED, O3.at).entries]
    assert shown == [
        (EntryKind.EARNED, 200),
        (EntryKind.EARNED, 100),
        (EntryKind.REDEEMED, -150),
        (EntryKind.EXPIRED, -50),
        (EntryKind.CANCELLED, 0),
        (EntryKind.REDEEMED, -80),
        (EntryKind.CLAWED_BACK, -100),
        (EntryKind.EARNED, 120),
    ]


def test_the_worked_example_leaves_one_lot_and_says_when_it_ends() -> None:
    wallet = wallet_at(WORKED, O3.at)
    assert [(lot.key, lot.points) for lot in wallet.lots] == [("o3", 40)]
    assert (wallet.debt, wallet.next_change_at) == (0, O3.expires_at)


def test_the_debt_is_what_was_spent_and_never_due() -> None:
    wallet = wallet_at(WORKED, RETURNED.at)
    assert (wallet.debt, wallet.lots) == (80, ())


T = day(2026, 1, 1)
DAY = timedelta(days=1)
A = Credit("a", T, 100, T + 10 * DAY)
B = Credit("b", T, 100, T + 20 * DAY)
FOREVER = Credit("f", T, 100, None)
SPENT = Spending("s", T + DAY, 150)
PAID = Spending("s", T + DAY, 60)


@pytest.mark.parametrize(
    ("happenings", "days", "balance", "lots"),
    [
        ([A, B, FOREVER, SPENT], 1, 150, [("b", 50), ("f", 100)]),
        ([A, B, SPENT], 10, 50, [("b", 50)]),
        ([A, B, SPENT], 20, 0, []),
        # the instant of expiry belongs to what comes after
        ([A], 10, 0, []),
        # cancelled while both lots live: both get back what they paid
        ([A, B, SPENT, Cancellation("c", T + 2 * DAY, "s")], 2, 200, [("a", 100), ("b", 100)]),
        # cancelled after the first ended: only the second gets back
        ([A, B, SPENT, Cancellation("c", T + 10 * DAY, "s")], 10, 100, [("b", 100)]),
        # cancelled twice counts once
        (
            [A, B, SPENT, *(Cancellation(key, T + 2 * DAY, "s") for key in ("c", "d"))],
            2,
            200,
            [("a", 100), ("b", 100)],
        ),
        ([A, Cancellation("c", T + DAY, "unknown")], 1, 100, [("a", 100)]),
        # another lot pays for what a returned one had paid
        ([A, B, PAID, Clawback("r", T + DAY * 2, "a", 100)], 2, 40, [("b", 40)]),
        # what expired was lost already: only what was spent is taken back
        ([A, PAID, Clawback("r", T + DAY * 11, "a", 100)], 11, -60, []),
        # part of it came back: what expired counts first
        ([A, PAID, Clawback("r", T + DAY * 11, "a", 50)], 11, -10, []),
        ([A, Clawback("r", T + DAY, "unknown", 100)], 1, 100, [("a", 100)]),
        # a redemption that a late return made uncovered stays, and waits for points
        ([Spending("s", T, 30), Credit("b", T + DAY, 100, None)], 1, 70, [("b", 70)]),
        # points that come in after their own end are gone at once
        ([Credit("late", T + DAY, 50, T)], 1, 0, []),
    ],
)  # fmt: skip
def test_balance_and_lots(
    happenings: list[Happening], days: int, balance: int, lots: list[tuple[str, int]]
) -> None:
    wallet = wallet_at(happenings, T + days * DAY)
    assert (wallet.balance, [(lot.key, lot.points) for lot in wallet.lots]) == (balance, lots)


def test_cancelling_what_a_returned_order_paid_leaves_what_was_never_bought() -> None:
    happenings: list[Happening] = [
        A,
        Spending("s", T + DAY, 80),
        Clawback("r", T + 2 * DAY, "a", 100),
        Credit("b", T + 3 * DAY, 120, None),
        Cancellation("c", T + 15 * DAY, "s"),
    ]
    assert wallet_at(happenings, T + 15 * DAY).balance == 120


@pytest.mark.parametrize(
    ("happenings", "days", "next_days"),
    [
        ([], 0, None),
        ([FOREVER], 1, None),
        ([A, B], 1, 10),
        ([A, B], 10, 20),
        # a lot that is spent has nothing left to expire
        ([A, B, Spending("s", T, 100)], 1, 20),
        # pending points are to come
        ([Credit("p", T + 3 * DAY, 10, None), A], 0, 3),
    ],
)
def test_next_change(happenings: list[Happening], days: int, next_days: int | None) -> None:
    expected = None if next_days is None else T + next_days * DAY
    assert wallet_at(happenings, T + days * DAY).next_change_at == expected
