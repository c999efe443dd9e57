import pytest

from services.ingest.domain.goods import Goods, completed, cost_of, incomplete_skus
from services.ingest.domain.records import Activity, Return, Sale
from services.ingest.usecases.read_receipts import read_receipt
from tests.tills import back, line, receipt, void
from tests.unit.ingest.readings import make_reading

COFFEE = Goods("coffee", 333)


def sale_of(**changes: str) -> Sale:
    body = receipt(1, lines=[line(quantity="1.5") | changes])
    record = read_receipt(0, body, make_reading()).record
    assert isinstance(record, Sale)
    return record


def returned() -> Return:
    record = read_receipt(0, back(2, receipt(1)), make_reading()).record
    assert isinstance(record, Return)
    return record


@pytest.mark.parametrize(
    ("changes", "category", "cost"),
    [
        ({}, "coffee", 500),  # 1.5 x 3.33 = 4.995, half to the even 500
        ({"category": "tea"}, "tea", 500),
        ({"cost": "4.00"}, "coffee", 400),
        ({"category": "tea", "cost": "4.00"}, "tea", 400),
        ({"cost": "0"}, "coffee", 500),
    ],
)
def test_a_line_takes_what_it_lacks(changes: dict[str, str], category: str, cost: int) -> None:
    found = completed(sale_of(**changes), {"tea": COFFEE})
    assert isinstance(found, Sale)
    assert (found.lines[0].category, found.lines[0].cost) == (category, cost)


def test_a_return_takes_it_too() -> None:
    found = completed(returned(), {"tea": COFFEE})
    assert isinstance(found, Return)
    assert [(x.category, x.cost) for x in found.lines or ()] == [("coffee", 333)]


@pytest.mark.parametrize("goods", [{}, {"tea": None}, {"hat": COFFEE}])
def test_goods_nobody_knows_change_nothing(goods: dict[str, Goods | None]) -> None:
    assert completed(sale_of(), goods) == sale_of()


def test_goods_of_which_only_the_category_is_known_leave_the_cost_unknown() -> None:
    found = completed(sale_of(), {"tea": Goods("drinks", None)})
    assert isinstance(found, Sale)
    assert (found.lines[0].category, found.lines[0].cost) == ("drinks", 0)


@pytest.mark.parametrize(
    ("cost", "milli", "expected"),
    [(1, 500, 0), (3, 500, 2), (5, 500, 2), (100, 1001, 100), (2**53 - 1, 2000, 0)],
)
def test_a_cost_is_exact_or_unknown(cost: int, milli: int, expected: int) -> None:
    assert cost_of(Goods(None, cost), milli) == expected


def test_only_lines_that_lack_something_are_looked_up() -> None:
    whole = sale_of(category="tea", cost="4.00")
    undone = read_receipt(0, void(2, receipt(1)), make_reading()).record
    seen = Activity(whole.occasion, (("views", 1),))
    assert incomplete_skus([whole, undone, seen]) == set()
    assert incomplete_skus([whole, sale_of(), returned()]) == {"tea"}
