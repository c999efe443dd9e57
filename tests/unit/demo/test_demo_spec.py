"""A shop is its spec: same seed, same bytes; impossible specs are refused."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.shop import customers, generate
from deploy.demo.spec import ShopSpec

SMALL = ShopSpec(now=datetime(2026, 3, 1, 12, tzinfo=UTC), customers=60, years=0.6, seed=1)


def digest(spec: ShopSpec) -> str:
    found = hashlib.sha256()
    for delivery in generate(spec):
        found.update(json.dumps([delivery.at, delivery.stream, delivery.body]).encode())
    for customer in customers(spec):
        found.update(json.dumps(customer).encode())
    return found.hexdigest()


def test_same_seed_gives_the_same_bytes() -> None:
    assert digest(SMALL) == digest(replace(SMALL))


@pytest.mark.parametrize("other", [replace(SMALL, seed=2), replace(SMALL, customers=61)])
def test_another_seed_or_size_gives_another_shop(other: ShopSpec) -> None:
    assert digest(other) != digest(SMALL)


def test_now_in_another_zone_is_the_same_shop() -> None:
    moved = SMALL.now.astimezone(datetime.fromisoformat("2026-01-01T00:00:00-05:00").tzinfo)
    assert digest(replace(SMALL, now=moved)) == digest(SMALL)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"customers": 12}, "customers"),
        ({"years": 0.2}, "days"),
        ({"now": datetime(2026, 3, 1)}, "offset"),  # noqa: DTZ001 - the fault under test
    ],
)
def test_impossible_specs_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(SMALL, **changes)


def test_the_last_day_ends_at_now() -> None:
    midnight = ShopSpec(now=datetime(2026, 3, 1, 16, tzinfo=UTC), customers=60)
    later = replace(midnight, now=midnight.now + timedelta(hours=5))
    assert midnight.seconds_open(midnight.last_day) == 0
    assert later.seconds_open(later.last_day) == 5 * 3600
    assert later.seconds_open(later.last_day - 1) == 86_400
