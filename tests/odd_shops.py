"""Shops that real exports hold and no model likes: each a function from nothing to rows."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from services.scoring.domain.days import day_of
from tests.model_shop import START, shop_rows

HISTORY, AHEAD = 200, 80
#: customer, day, amount in minor units, order
Row = tuple[str, int, int, str]


def _usual(customers: int = 200) -> list[Row]:
    found = shop_rows(customers, days=HISTORY + AHEAD)
    columns = (found.customer, found.date, found.amount, found.order)
    return [
        (f"c{customer}", day, amount, f"o{order}")
        for customer, day, amount, order in zip(*(each.tolist() for each in columns), strict=True)
    ]


def _each(amount: Callable[[int], int], day: Callable[[int], int], copies: int = 1) -> list[Row]:
    return [
        (customer, day(date), amount(money), order)
        for customer, date, money, order in _usual()
        for _ in range(copies)
    ]


def _same(value: int) -> int:
    return value


def few_customers() -> list[Row]:
    return _usual(45)


def sixty_customers() -> list[Row]:
    return _usual(60)


def one_purchase_each() -> list[Row]:
    return [(f"c{n}", START + n % 280, 900 + n, f"o{n}") for n in range(600)]


def single_day() -> list[Row]:
    return _each(_same, lambda _: START + HISTORY)


def all_returns() -> list[Row]:
    return _each(lambda money: -abs(money), _same)


def mostly_returned() -> list[Row]:
    return [
        *_usual(),
        *(
            (name, day + 1, -abs(money), f"r{order}")
            for name, day, money, order in _usual()
            if day % 4
        ),
    ]


def one_whale() -> list[Row]:
    total = sum(abs(money) for _, _, money, _ in _usual())
    return [*_usual(), *(("whale", START + n, total, f"w{n}") for n in range(3, 280, 3))]


def constant_amounts() -> list[Row]:
    return _each(lambda _: 1000, _same)


def worthless() -> list[Row]:
    return _each(lambda _: 0, _same)


def everybody_comes_back() -> list[Row]:
    return [
        (f"c{n}", START + day, 500 + 7 * n + day % 5, f"o{n}-{day}")
        for n in range(120)
        for day in range(n % 6, HISTORY + AHEAD, 6)
    ]


def closed_for_a_year() -> list[Row]:
    return _each(_same, lambda day: day - 365 if day < START + HISTORY // 2 else day)


def closed_before_the_cutoff() -> list[Row]:
    return _each(_same, lambda day: day - 365 if day < START + HISTORY else day)


def far_future_dates() -> list[Row]:
    return [*_usual(), *((f"c{n}", START + 400_000, 900, f"f{n}") for n in range(50))]


def duplicates() -> list[Row]:
    return _each(_same, _same, copies=2)


def one_huge_amount() -> list[Row]:
    return [*_usual(), ("c3", START + 30, 8 * 10**15, "huge")]


TRAINED: tuple[Callable[[], list[Row]], ...] = (
    sixty_customers,
    mostly_returned,
    one_whale,
    constant_amounts,
    everybody_comes_back,
    closed_for_a_year,
    far_future_dates,
    duplicates,
    one_huge_amount,
)
#: What is missing, as the refusal says it.
REFUSED: tuple[tuple[Callable[[], list[Row]], str], ...] = (
    (few_customers, "needs 50 customers .* there are"),
    (one_purchase_each, "Only 0 customers bought within the horizon"),
    (single_day, "lies outside the data"),
    (all_returns, "Only 0 customers bought within the horizon"),
    (worthless, "Only 0 customers bought within the horizon"),
    (closed_before_the_cutoff, "Only 0 customers bought within the horizon"),
)


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write a shop as a CSV file with the columns of a real export."""
    with path.open("w", newline="", encoding="utf-8") as target:
        lines = csv.writer(target)
        lines.writerow(("customer_id", "occurred_at", "amount", "order_id"))
        for customer, day, amount, order in rows:
            lines.writerow((customer, day_of(day), f"{amount / 100:.2f}", order))
    return path


def is_sound(*answers: np.ndarray) -> bool:
    """Say whether every answer is a number, 0 or more."""
    return all(bool((np.isfinite(each) & (each >= 0)).all()) for each in answers)
