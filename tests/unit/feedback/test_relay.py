from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.capture.event import event_of
from services.feedback.domain.capture.said import Said
from services.feedback.usecases.capture.relay import event_in, relay
from shared.clients.transport import RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.events import ShopEvent
from shared.contracts.receipts import BatchResult
from shared.ids import uuid7
from shared.outbox import OutboxRow
from shared.secrets import Secrets
from tests.unit.feedback.arrivals import make_said

SECRETS = Secrets.from_hex("5e" * 32)
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class FakeIngest:
    """Takes events in, or is away."""

    posted: list[ShopEvent] = field(default_factory=list)
    error: Exception | None = None

    async def post_events(self, events: Sequence[ShopEvent]) -> BatchResult:
        if self.error is not None:
            raise self.error
        self.posted += events
        return BatchResult(
            accepted=len(events), duplicates=0, conflicts=[], rejected=[], sequence=1
        )


def sealed(secrets: Secrets, customer: CustomerReference) -> dict[str, str]:
    return {k: secrets.encrypt_identifier(k, v).hex() for k, v in customer.given().items()}


def make_row(said: Said, customer: CustomerReference, secrets: Secrets = SECRETS) -> OutboxRow:
    return OutboxRow(uuid7(), event_of(said, sealed(secrets, customer)), 1, NOW)


async def test_a_row_becomes_the_event_ingest_takes() -> None:
    ingest, said = FakeIngest(), make_said(kind="nps", rating=9)
    customer = CustomerReference(phone="+8613800138000", loyalty_account="M-1")
    assert await relay([make_row(said, customer)], ingest, SECRETS) == {}
    (event,) = ingest.posted
    assert (event.event_id, event.type) == (str(said.feedback_id), "feedback_given")
    assert (event.occurred_at, event.customer) == (NOW, customer)
    assert event.properties == {"kind": "nps", "channel": "store", "rating": 9}


def test_the_text_stays_with_feedback() -> None:
    assert "cold" not in str(event_of(make_said(), {}))


async def test_what_nobody_said_has_no_customer() -> None:
    ingest = FakeIngest()
    await relay([make_row(make_said(), CustomerReference())], ingest, SECRETS)
    assert ingest.posted[0].customer is None


async def test_an_unreadable_row_does_not_hold_up_the_others() -> None:
    ingest, customer = FakeIngest(), CustomerReference(customer_id="c-1")
    other = make_row(make_said(), customer, Secrets.from_hex("00" * 32))
    fine = make_row(make_said(), customer)
    errors = await relay([other, fine], ingest, SECRETS)
    assert errors == {other.outbox_id: "UnreadableIdentifier"}
    assert len(ingest.posted) == 1


async def test_a_row_that_is_no_event_does_not_hold_up_the_others() -> None:
    ingest, customer = FakeIngest(), CustomerReference(customer_id="c-1")
    broken, fine = (make_row(make_said(), customer) for _ in range(2))
    broken = replace(broken, payload={**broken.payload, "occurred_at": "yesterday"})
    assert await relay([broken, fine], ingest, SECRETS) == {broken.outbox_id: "ValidationError"}
    assert len(ingest.posted) == 1


async def test_an_ingest_that_is_away_fails_the_whole_batch() -> None:
    row = make_row(make_said(), CustomerReference(customer_id="c-1"))
    with pytest.raises(RemoteUnavailable):
        await relay([row], FakeIngest(error=RemoteUnavailable()), SECRETS)


_names = st.text("abcXYZ019-_é名", min_size=1, max_size=20)


@given(
    customer_id=st.none() | _names,
    device_id=st.none() | _names,
    external=st.none() | st.dictionaries(_names, _names, min_size=1, max_size=3),
)
def test_identifiers_survive_the_outbox(
    customer_id: str | None, device_id: str | None, external: dict[str, str] | None
) -> None:
    customer = CustomerReference(customer_id=customer_id, device_id=device_id, external=external)
    event = event_in(make_row(make_said(), customer).payload, SECRETS)
    assert event.customer == (customer if customer.given() else None)
