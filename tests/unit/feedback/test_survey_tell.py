"""What answers say is told row by row: a bad one keeps no other back, an outage keeps them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import JsonValue

from services.feedback.usecases.surveys.tell import tell_attributes
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.customers import CustomerProfile
from shared.outbox import OutboxRow
from shared.secrets import Secrets

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
SECRETS = Secrets.from_hex("5e" * 32)
GROUPS = {"preferences": {"roast": "dark"}}


@dataclass(slots=True)
class FakeIngest:
    """Knows c-1, and fails for others as it is told."""

    errors: Mapping[str, Exception] = field(default_factory=dict)
    told: list[tuple[str, Mapping[str, Any], str]] = field(default_factory=list)

    async def profile_of(self, customer_id: str) -> CustomerProfile:
        if customer_id in self.errors:
            raise self.errors[customer_id]
        known: dict[str, JsonValue] = {"preferences": {"cup": "small"}, "city": "Shanghai"}
        return CustomerProfile(customer_id=customer_id, attributes=known, version=1, created_at=NOW)

    async def identify(
        self, customer_id: str, traits: Mapping[str, Any], *, message_id: str, at: datetime
    ) -> None:
        assert at == NOW
        self.told.append((customer_id, traits, message_id))


def row(number: int, customer_id: str, secrets: Secrets = SECRETS) -> OutboxRow:
    sealed = secrets.encrypt_identifier("customer_id", customer_id).hex()
    payload = {"event_id": f"r-{number}", "customer": {"customer_id": sealed}, "groups": GROUPS}
    return OutboxRow(UUID(int=number), payload, 1, NOW)


async def test_a_group_is_told_whole_and_no_other() -> None:
    ingest = FakeIngest()
    assert await tell_attributes([row(1, "c-1")], ingest, SECRETS, NOW) == {}
    whole = {"preferences": {"cup": "small", "roast": "dark"}}
    assert ingest.told == [("c-1", whole, "survey-r-1")]


@pytest.mark.parametrize("status", [404, 410])
async def test_nobody_is_told_of_who_is_gone(status: int) -> None:
    ingest = FakeIngest({"gone": RemoteProblem(status, "gone", "")})
    assert await tell_attributes([row(1, "gone")], ingest, SECRETS, NOW) == {}
    assert ingest.told == []


async def test_a_row_that_fails_is_named_and_the_others_are_told() -> None:
    ingest = FakeIngest({"odd": RemoteProblem(403, "forbidden", "")})
    foreign = row(2, "c-2", Secrets.from_hex("ab" * 32))
    failed = await tell_attributes([row(1, "odd"), foreign, row(3, "c-1")], ingest, SECRETS, NOW)
    assert failed == {UUID(int=1): "RemoteProblem", UUID(int=2): "UnreadableIdentifier"}
    assert [customer_id for customer_id, _, _ in ingest.told] == ["c-1"]


async def test_an_outage_is_raised() -> None:
    ingest = FakeIngest({"c-1": RemoteUnavailable()})
    with pytest.raises(RemoteUnavailable):
        await tell_attributes([row(1, "c-1")], ingest, SECRETS, NOW)
