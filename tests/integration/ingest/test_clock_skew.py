"""Wrong clocks are harmless and late events are right.

The client's clock is off by up to 48 hours, the server's jumps an hour either way, and whatever
was delivered days late counts as if it had come in time.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_event, make_line, make_receipt
from tests.fakes import FakeClock
from tests.histories import History, histories, renamed
from tests.integration.ingest.conftest import Shop

Body = dict[str, Any]
HOUR = timedelta(hours=1)
FIVE_MINUTES = timedelta(minutes=5)
TWO_DAYS = timedelta(hours=48)


@pytest.fixture
def clock(shop: Shop) -> Iterator[FakeClock]:
    """The service's own clock, to be set forward and back."""
    ingest, fake = shop.app.state.ingest, FakeClock()
    shop.app.state.ingest = replace(ingest, clock=fake)
    yield fake
    shop.app.state.ingest = ingest


def sale(number: int, at: datetime, **changes: Any) -> Body:
    return make_receipt(
        sequence_number=number,
        occurred_at=at.isoformat(),
        customer={"customer_id": "c-1"},
        lines=[make_line(line=1, net="1.00", discount="0.00", unit_price="1.00")],
        total={"net": "1.00"},
        **changes,
    )


async def event_of(shop: Shop, number: int) -> Any:
    return await shop.pool.fetchrow(
        "SELECT * FROM events WHERE (body->>'sequence_number')::bigint = $1", number
    )


@pytest.mark.parametrize("minutes", [-48 * 60, -60, -1, 0, 5])
async def test_a_clock_that_is_behind_or_a_little_ahead_is_believed(
    shop: Shop, clock: FakeClock, minutes: int
) -> None:
    claimed = clock.now() + timedelta(minutes=minutes)
    await shop.accept(sale(1, claimed))
    row = await event_of(shop, 1)
    assert (row["occurred_at"], row["effective_at"]) == (claimed, claimed)
    assert not row["is_time_suspect"]


@pytest.mark.parametrize("minutes", [6, 60, 24 * 60, 48 * 60])
async def test_a_clock_that_is_far_ahead_counts_at_reception(
    shop: Shop, clock: FakeClock, minutes: int
) -> None:
    claimed = clock.now() + timedelta(minutes=minutes)
    await shop.accept(sale(1, claimed))
    row = await event_of(shop, 1)
    assert row["occurred_at"] == claimed
    assert row["effective_at"] == row["received_at"] == clock.now()
    assert row["is_time_suspect"]
    assert await shop.value("SELECT effective_at FROM orders") == clock.now()


@pytest.mark.parametrize("path", ["/v1/receipts", "/v1/events"])
async def test_what_nobody_can_mean_is_kept_aside(shop: Shop, clock: FakeClock, path: str) -> None:
    far = clock.now() + TWO_DAYS + timedelta(seconds=1)
    items: list[Body] = (
        [sale(1, far), sale(2, datetime.fromisoformat("1989-12-31T23:59:59Z"))]
        if path == "/v1/receipts"
        else [
            make_event(event_id="a", occurred_at=far.isoformat()),
            make_event(event_id="b", occurred_at="1989-12-31T23:59:59Z"),
        ]
    )
    answer = await shop.send(path, {path.removeprefix("/v1/"): items})
    assert [r["code"] for r in answer["rejected"]] == ["time_out_of_range"] * 2
    assert await shop.count("events") == 0


async def test_a_purchase_of_1990_is_welcome(shop: Shop, clock: FakeClock) -> None:
    first = datetime.fromisoformat("1990-01-01T00:00:00Z")
    await shop.accept(sale(1, first, business_date="1990-01-01"))
    assert (await event_of(shop, 1))["effective_at"] == first


async def test_nothing_ever_counts_after_the_instant_it_was_received(
    shop: Shop, clock: FakeClock
) -> None:
    """No negative recency: whoever reads later than the reception sees a purchase of the past."""
    for number, ahead in enumerate((-30, 0, 3, 10, 600, 2880)):
        await shop.accept(sale(number, clock.now() + timedelta(minutes=ahead)))
    latest = await shop.value("SELECT max(effective_at - received_at) FROM events")
    assert latest <= FIVE_MINUTES


async def test_the_sequence_rises_though_the_clock_jumps_back(shop: Shop, clock: FakeClock) -> None:
    bought = clock.now() - timedelta(days=3)
    seen = []
    for number, jump in enumerate((HOUR, -HOUR, -HOUR, HOUR, -HOUR)):
        clock.instant += jump
        seen.append((await shop.post(sale(number, bought)))["sequence"])
    assert seen == sorted(set(seen))
    received = [
        r[0] for r in await shop.pool.fetch("SELECT received_at FROM events ORDER BY sequence")
    ]
    assert received != sorted(received)  # wall time alone would have put them in another order


@pytest.mark.parametrize("back", [HOUR, timedelta(hours=25)])
async def test_a_repetition_after_a_jump_is_still_a_repetition(
    shop: Shop, clock: FakeClock, back: timedelta
) -> None:
    receipt = sale(1, clock.now() - timedelta(days=3))
    await shop.accept(receipt)
    clock.instant -= back
    again = await shop.post(receipt)
    assert (again["accepted"], again["duplicates"]) == (0, 1)


_numbers = count()


async def _facts(shop: Shop, prefix: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the facts say of the customers with a prefix, without keys and prefix."""
    found = {}
    for table, columns in {
        "orders": "effective_at, business_date, net, returned_net, refunded_net",
        "entries": "at, known_at, spend, orders",
        "customer_day": "business_date, net_booked, net_qualifying, orders, returns, returns_net",
    }.items():
        rows = await shop.pool.fetch(
            f"SELECT substr(customer_id, length($1) + 1), {columns}"
            f" FROM {table} JOIN customers USING (profile_id) WHERE starts_with(customer_id, $1)",
            prefix,
        )
        found[table] = sorted(tuple(row) for row in rows)
    return found


async def _deliver(
    shop: Shop, clock: FakeClock, history: History, prefix: str, jumps: list[int]
) -> dict[str, list[tuple[Any, ...]]]:
    started = clock.now()
    for number, batch in enumerate(history.arrival):
        clock.instant = started + timedelta(minutes=jumps[number % len(jumps)])
        answer = await shop.post(*(renamed(history.receipts[n], prefix) for n in batch))
        assert (answer["conflicts"], answer["rejected"]) == ([], [])
    clock.instant = started
    return await _facts(shop, prefix)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), jumps=st.lists(st.integers(-60, 60), min_size=2, max_size=9))
async def test_a_server_clock_that_jumps_changes_no_fact(
    shop: Shop, clock: FakeClock, history: History, jumps: list[int]
) -> None:
    number = next(_numbers)
    jumping = await _deliver(shop, clock, history, f"j{number}-", jumps)
    assert jumping == await _deliver(shop, clock, history, f"k{number}-", [0])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), days_late=st.integers(1, 400))
async def test_what_comes_late_counts_as_if_it_had_come_in_time(
    shop: Shop, clock: FakeClock, history: History, days_late: int
) -> None:
    number, started = next(_numbers), clock.now()
    for receipt in sorted(history.receipts, key=lambda receipt: str(receipt["occurred_at"])):
        clock.instant = datetime.fromisoformat(receipt["occurred_at"])
        await shop.accept(renamed(receipt, f"t{number}-"))
    clock.instant = started
    in_time = await _facts(shop, f"t{number}-")
    late = [days_late * 24 * 60]
    assert await _deliver(shop, clock, history, f"u{number}-", late) == in_time
