"""Post events and receipts to ingest; both may be sent again without harm."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from shared.clients.transport import Call, Transport, http_client
from shared.contracts.customers import CustomerProfile
from shared.contracts.events import EventBatch, ShopEvent
from shared.contracts.receipts import BatchResult, Receipt, ReceiptBatch


class IngestClient:
    """Ingest over HTTP; raises RemoteProblem or RemoteUnavailable."""

    __slots__ = ("_transport",)

    def __init__(self, transport: Transport) -> None:
        """Take the way to ingest."""
        self._transport = transport

    async def post_events(self, events: Sequence[ShopEvent]) -> BatchResult:
        """Post 1 to 1,000 events."""
        body = EventBatch(events=list(events)).model_dump(mode="json", exclude_none=True)
        return await self._transport.ask(Call("POST", "/v1/events", body=body), BatchResult)

    async def pass_on_events(
        self, events: Sequence[Any], *, key: str, timeout_s: float
    ) -> BatchResult:
        """Post 1 to 1,000 events as somebody sent them, with their key; ingest judges each."""
        body = {"events": list(events)}
        call = Call("POST", "/v1/events", body=body, key=key, timeout_s=timeout_s)
        return await self._transport.ask(call, BatchResult)

    async def post_receipts(self, receipts: Sequence[Receipt]) -> BatchResult:
        """Post 1 to 1,000 receipts."""
        body = ReceiptBatch(receipts=list(receipts)).model_dump(mode="json", exclude_none=True)
        return await self._transport.ask(Call("POST", "/v1/receipts", body=body), BatchResult)

    async def profile_of(self, customer_id: str) -> CustomerProfile:
        """Read a customer's profile."""
        path = f"/v1/customers/{quote(customer_id, safe='')}"
        return await self._transport.ask(Call("GET", path), CustomerProfile)

    async def identify(
        self, customer_id: str, traits: Mapping[str, Any], *, message_id: str, at: datetime
    ) -> None:
        """Tell attributes of a customer: each replaces what was told of it before."""
        body = {
            "messageId": message_id,
            "userId": customer_id,
            "traits": dict(traits),
            "timestamp": at.isoformat(),
        }
        await self._transport.tell(Call("POST", "/v1/identify", body=body))


def ingest_client(base_url: str, key: str) -> tuple[IngestClient, httpx.AsyncClient]:
    """Make the client and the connections it uses; close the latter when the service stops."""
    http = http_client(base_url, key, timeout_s=10.0)
    return IngestClient(Transport(http)), http
