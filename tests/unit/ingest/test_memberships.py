"""Paid memberships follow on one another, end when they are taken back, and count late ones."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.ingest.domain.body import from_body, to_body
from services.ingest.domain.memberships import after_months, memberships_of
from services.ingest.domain.records import EventKey, Membership, Occasion, OrderKey

START = datetime(2026, 1, 31, tzinfo=UTC)


def record(number: int, day: float, **changes: Any) -> Membership:
    at = START + timedelta(days=day)
    key = EventKey(number.to_bytes(16, "big"))
    where = Occasion(UUID(int=1), key, None, "web", at.date(), at, at)
    return Membership(where, **({"programme": "prime", "tier": "plus", "zone": "UTC"} | changes))


def paid(number: int, day: float, months: int | None = 1, **changes: Any) -> Membership:
    return record(number, day, months=months, **changes)


def ended(number: int, day: float, **changes: Any) -> Membership:
    return record(number, day, is_end=True, **({"tier": None} | changes))


def spans(*records: Membership) -> list[tuple[str, str | None, str | None]]:
    rows = memberships_of(records).values()
    return [
        (
            f"{row.starts_at:%m-%d}",
            None if row.ends_at is None else f"{row.ends_at:%m-%d}",
            None if row.ended_at is None else f"{row.ended_at:%m-%d}",
        )
        for row in sorted(rows, key=lambda row: row.membership_id)
    ]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([paid(1, 0)], [("01-31", "02-28", None)]),
        # counted from the first day of the run, not from the clamped one
        (
            [paid(1, 0), paid(2, 3), paid(3, 3)],
            [("01-31", "02-28", None), ("02-28", "03-31", None), ("03-31", "04-30", None)],
        ),
        # paid again after it was over
        ([paid(1, 0), paid(2, 40)], [("01-31", "02-28", None), ("03-12", "04-12", None)]),
        # another tier is another run
        (
            [paid(1, 0), paid(2, 3, tier="gold")],
            [("01-31", "02-28", None), ("02-03", "03-03", None)],
        ),
        ([paid(1, 0, months=None)], [("01-31", None, None)]),
        ([paid(1, 0, months=None, ends_at=START + timedelta(9))], [("01-31", "02-09", None)]),
        ([paid(1, 0), ended(2, 5)], [("01-31", "02-28", "02-05")]),
        # what was paid ahead goes too, what is paid later does not
        (
            [paid(1, 0), paid(2, 1), ended(3, 5), paid(4, 6)],
            [("01-31", "02-28", "02-05"), ("02-28", "03-31", "02-05"), ("02-06", "03-06", None)],
        ),
        # over already
        ([paid(1, 0), ended(2, 50)], [("01-31", "02-28", None)]),
        ([paid(1, 0), ended(2, 5), ended(3, 4)], [("01-31", "02-28", "02-04")]),
        ([paid(1, 0), ended(2, 5, programme="other")], [("01-31", "02-28", None)]),
        ([paid(1, 0), ended(2, 5, tier="gold")], [("01-31", "02-28", None)]),
        (
            [paid(1, 0, order_key=OrderKey(b"a")), ended(2, 5, order_key=OrderKey(b"b"))],
            [("01-31", "02-28", None)],
        ),
        (
            [paid(1, 0, order_key=OrderKey(b"a")), ended(2, 5, order_key=OrderKey(b"a"))],
            [("01-31", "02-28", "02-05")],
        ),
    ],
)
def test_memberships(
    records: list[Membership], expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert spans(*records) == spans(*reversed(records)) == expected


def test_months_are_counted_where_the_shop_is() -> None:
    at = datetime(2026, 1, 30, 16, 30, tzinfo=UTC)  # 31 January there
    assert after_months(at, 1, "Asia/Shanghai") == datetime(2026, 2, 27, 16, 30, tzinfo=UTC)
    assert after_months(at, 24_000, "Asia/Shanghai").year == 4026


@pytest.mark.parametrize(
    "told", [paid(1, 0, order_key=OrderKey(b"a")), ended(2, 3), paid(3, 0, None, ends_at=START)]
)
def test_the_log_gives_back_what_was_told(told: Membership) -> None:
    body = to_body(told)
    back = from_body("membership", body, occasion=told.occasion, sequence=1, order_key=None)
    assert back == told
