"""One demo shop for all tests of it: five hundred customers, two years."""

from datetime import UTC, datetime

import pytest

from deploy.demo.delivery import Delivery, Stream
from deploy.demo.shop import customers, generate
from deploy.demo.spec import ShopSpec
from tests.unit.demo.wire_checker import Body


@pytest.fixture(scope="session")
def spec() -> ShopSpec:
    return ShopSpec(now=datetime(2026, 11, 22, 6, 30, tzinfo=UTC), customers=500, seed=7)


@pytest.fixture(scope="session")
def deliveries(spec: ShopSpec) -> list[Delivery]:
    return list(generate(spec))


@pytest.fixture(scope="session")
def receipts(deliveries: list[Delivery]) -> list[Body]:
    """Every receipt once, in order of first delivery."""
    return [d.body for d in deliveries if d.stream is Stream.RECEIPT and not d.is_repeat]


@pytest.fixture(scope="session")
def events(deliveries: list[Delivery]) -> list[Body]:
    return [d.body for d in deliveries if d.stream is Stream.EVENT]


@pytest.fixture(scope="session")
def people(spec: ShopSpec) -> dict[tuple[str, str], str]:
    """Whose each identifier is, as the profiles tell."""
    known: dict[tuple[str, str], str] = {}
    for customer_id, body in customers(spec):
        known["customer_id", customer_id] = customer_id
        identifiers = body["identifiers"]
        assert isinstance(identifiers, dict)
        for kind, value in identifiers.items():
            assert known.setdefault((kind, value), customer_id) == customer_id
    return known
