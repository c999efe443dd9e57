"""What of an order counts, and what a return, a correction or a limit does to that."""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.scoring.domain.status.counting import Counter, Derived, EntryRow, Terms
from services.scoring.domain.status.engine.history import Entry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STARS = Derived("stars", "spend", 100)


def sale(name: str, spend: int, *, hours: float = 0) -> EntryRow:
    at = NOON + timedelta(hours=hours)
    return EntryRow(name.encode(), None, at, at, spend, spend // 2, 1, 1000)


def taken_back(name: str, of: EntryRow, spend: int, *, hours: float, whole: bool) -> EntryRow:
    known_at = NOON + timedelta(hours=hours)
    orders = -1 if whole else 0
    return EntryRow(
        name.encode(), of.entry_id, of.at, known_at, -spend, -(spend // 2), orders, -1000
    )


def counter(*metrics: str, terms: Terms | None = None, zone: str = "UTC") -> Counter:
    return Counter(metrics, [(None, terms or Terms((STARS,)))], ZoneInfo(zone))


def sums(entries: Iterable[Entry]) -> dict[str, int]:
    found: Tally[str] = Tally()
    for entry in entries:
        found.update(entry.metrics)
    return dict(found)


def net(entries: Sequence[Entry]) -> dict[tuple[datetime, str], dict[str, int]]:
    """What is left of every entry once everything is known."""
    left: dict[tuple[datetime, str], Tally[str]] = {}
    for entry in entries:
        left.setdefault((entry.at, entry.reverses or entry.entry_id), Tally()).update(entry.metrics)
    return {key: dict(found) for key, found in left.items() if any(found.values())}


def test_plain_metrics_are_those_of_the_order() -> None:
    (entry,) = counter("spend", "margin", "orders", "quantity", "days").count([sale("a", 250)])
    assert entry.metrics == {"spend": 250, "margin": 125, "orders": 1, "quantity": 1000, "days": 1}
    assert (entry.known_at, entry.reverses) == (None, None)


@pytest.mark.parametrize(("spend", "stars"), [(99, 0), (100, 1), (199, 1), (250, 2)])
def test_stars_are_whole_units_of_an_order(spend: int, stars: int) -> None:
    assert sums(counter("stars").count([sale("a", spend)])).get("stars", 0) == stars


def test_an_order_without_anything_that_counts_is_no_entry() -> None:
    assert counter("stars").count([sale("a", 99)]) == []


def test_a_partial_return_takes_back_the_stars_it_undoes() -> None:
    a = sale("a", 250)
    entries = counter("stars").count([a, taken_back("r", a, 60, hours=5, whole=False)])
    assert [(entry.metrics["stars"], entry.reverses) for entry in entries] == [
        (2, None),
        (-1, a.entry_id.hex()),
    ]
    assert entries[1].known_at == NOON + timedelta(hours=5)


def test_a_return_that_costs_no_star_is_no_entry() -> None:
    a = sale("a", 250)
    entries = counter("stars").count([a, taken_back("r", a, 40, hours=5, whole=False)])
    assert len(entries) == 1


def test_a_correction_that_adds_to_an_order_adds_its_stars() -> None:
    a = sale("a", 150)
    more = EntryRow(b"v2", a.entry_id, a.at, NOON + timedelta(hours=1), 100, 10, 0, 0)
    assert [e.metrics["stars"] for e in counter("stars").count([more, a])] == [1, 1]


def test_a_return_of_an_unknown_order_has_no_effect() -> None:
    a = sale("a", 250)
    assert counter("stars").count([taken_back("r", a, 250, hours=1, whole=True)]) == []


def test_a_day_counts_once_however_many_orders_it_has() -> None:
    rows = [sale("a", 100), sale("b", 100, hours=2), sale("c", 100, hours=13)]
    entries = counter("days").count(rows)
    assert [(entry.entry_id, entry.metrics["days"]) for entry in entries] == [
        (b"a".hex(), 1),
        (b"c".hex(), 1),
    ]


def test_days_are_local_days() -> None:
    rows = [sale("a", 100), sale("b", 100, hours=5)]  # 20:00 and 01:00 in Shanghai
    assert sums(counter("days", zone="Asia/Shanghai").count(rows)) == {"days": 2}
    assert sums(counter("days").count(rows)) == {"days": 1}


def test_the_day_stays_while_any_of_its_orders_does() -> None:
    a, b = sale("a", 100), sale("b", 100, hours=2)
    rows = [a, b, taken_back("r", a, 100, hours=30, whole=True)]
    entries = counter("days", "orders").count(rows)
    assert sums(entries) == {"days": 1, "orders": 1}


def test_a_return_never_adds_to_anything() -> None:
    a, b = sale("a", 100), sale("b", 100, hours=2)
    rows = [a, b, taken_back("r", a, 100, hours=30, whole=True)]
    *_, back = counter("days", "orders").count(rows)
    assert back.metrics == {"days": 0, "orders": -1}


def test_a_day_emptied_before_another_order_begins_anew() -> None:
    a, b = sale("a", 100), sale("b", 100, hours=2)
    rows = [a, taken_back("r", a, 100, hours=1, whole=True), b]
    entries = counter("days").count(rows)
    assert [(entry.at, entry.metrics["days"]) for entry in entries] == [
        (a.at, 1),
        (a.at, -1),
        (b.at, 1),
    ]


def test_returning_every_order_of_a_day_takes_the_day_back() -> None:
    a, b = sale("a", 100), sale("b", 100, hours=2)
    rows = [
        a,
        b,
        taken_back("r", a, 100, hours=30, whole=True),
        taken_back("q", b, 100, hours=31, whole=True),
    ]
    assert net(counter("days", "orders", "spend").count(rows)) == {}


def test_orders_below_the_minimum_do_not_count() -> None:
    small = counter("orders", "stars", terms=Terms((STARS,), min_order=200))
    assert sums(small.count([sale("a", 199), sale("b", 200, hours=1)])) == {"orders": 1, "stars": 2}


def test_a_return_that_leaves_less_than_the_minimum_takes_the_whole_order_back() -> None:
    a = sale("a", 300)
    small = counter("orders", "stars", terms=Terms((STARS,), min_order=200))
    rows = [a, taken_back("r", a, 150, hours=5, whole=False)]
    assert sums(small.count(rows)) == {"orders": 0, "stars": 0}


def test_of_one_day_only_the_first_orders_count_up_to_the_limit() -> None:
    most = counter("orders", terms=Terms(max_orders_per_day=2))
    rows = [sale(name, 100, hours=hour) for hour, name in enumerate("abcd")]
    assert [entry.entry_id for entry in most.count(rows)] == [b"a".hex(), b"b".hex()]


def test_a_return_lets_no_order_count_that_was_beyond_the_limit() -> None:
    most = counter("orders", terms=Terms(max_orders_per_day=1))
    a, b = sale("a", 100), sale("b", 100, hours=1)
    entries = most.count([b, taken_back("r", a, 100, hours=40, whole=True), a])
    assert sums(entries) == {"orders": 0}


def test_a_return_makes_room_for_the_orders_after_it() -> None:
    most = counter("orders", terms=Terms(max_orders_per_day=1))
    a, b = sale("a", 100), sale("b", 100, hours=5)
    entries = most.count([b, taken_back("r", a, 100, hours=2, whole=True), a])
    assert sums(entries) == {"orders": 1}


def test_an_order_counts_by_the_terms_in_force_when_it_was_placed() -> None:
    later = NOON + timedelta(days=1)
    twice = Terms((Derived("stars", "spend", 50),))
    versions = Counter(("stars",), [(None, Terms((STARS,))), (later, twice)], ZoneInfo("UTC"))
    rows = [sale("a", 200), sale("b", 200, hours=24)]
    assert [entry.metrics["stars"] for entry in versions.count(rows)] == [2, 4]


def test_a_metric_that_a_later_version_brings_counts_what_was_bought_before() -> None:
    later = NOON + timedelta(days=1)
    versions = Counter(("stars",), [(None, Terms()), (later, Terms((STARS,)))], ZoneInfo("UTC"))
    assert sums(versions.count([sale("a", 200)])) == {"stars": 2}
