"""Ask scoring for tiers, scores and what tiers entitle to; pin tiers."""

from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID

import httpx

from shared.clients.transport import Call, Transport, http_client
from shared.contracts.entitlements import EntitlementsAnswer, ServiceLevelsAnswer
from shared.contracts.pins import PinGiven, PinWish
from shared.contracts.tier import ScoreAnswer, TierAnswer, TierAnswers, TierQuery

RESCORE_PATH = "/internal/rescore"
SERVICE_LEVELS_PATH = "/internal/service-levels"


class ScoringClient:
    """Scoring over HTTP; raises RemoteProblem or RemoteUnavailable."""

    __slots__ = ("_transport",)

    def __init__(self, transport: Transport) -> None:
        """Take the way to scoring."""
        self._transport = transport

    async def tier_of(self, customer_id: str, *, programme: str | None = None) -> TierAnswer:
        """Ask for the tier of one customer."""
        path = f"/v1/customers/{quote(customer_id, safe='')}/tier"
        query = {"programme": programme} if programme else None
        return await self._transport.ask(Call("GET", path, query=query), TierAnswer)

    async def tiers_of(self, query: TierQuery) -> TierAnswers:
        """Ask for the tiers of many customers, by whatever is known of them."""
        body = query.model_dump(mode="json", exclude_none=True)
        return await self._transport.ask(Call("POST", "/v1/tiers/query", body=body), TierAnswers)

    async def score_of(self, customer_id: str) -> ScoreAnswer:
        """Ask what one customer is worth."""
        path = f"/v1/customers/{quote(customer_id, safe='')}/score"
        return await self._transport.ask(Call("GET", path), ScoreAnswer)

    async def entitlements_of(
        self, customer_id: str, *, programme: str | None = None
    ) -> EntitlementsAnswer:
        """Ask what one customer's tiers entitle to; the service level is among it."""
        path = f"/v1/customers/{quote(customer_id, safe='')}/entitlements"
        query = {"programme": programme} if programme else None
        return await self._transport.ask(Call("GET", path, query=query), EntitlementsAnswer)

    async def service_levels_of(self, customer_ids: Sequence[str]) -> ServiceLevelsAnswer:
        """Ask how service treats 1 to 500 customers."""
        call = Call("POST", SERVICE_LEVELS_PATH, body={"customer_ids": list(customer_ids)})
        return await self._transport.ask(call, ServiceLevelsAnswer)

    async def pin(self, customer_id: str, wish: PinWish, *, key: str) -> PinGiven:
        """Pin a customer's tier, once for each key (Idempotency-Key)."""
        path = f"/v1/customers/{quote(customer_id, safe='')}/pins"
        body = wish.model_dump(mode="json", exclude_none=True)
        call = Call("POST", path, body=body, idempotency_key=key)
        return await self._transport.ask(call, PinGiven)

    async def end_pin(self, customer_id: str, pin_id: UUID) -> None:
        """Take a pin back; one taken back before stays so."""
        path = f"/v1/customers/{quote(customer_id, safe='')}/pins/{pin_id}"
        await self._transport.tell(Call("DELETE", path))

    async def rescore(self, profile_ids: Sequence[UUID], *, timeout_s: float = 0.5) -> None:
        """Have customers decided anew now; best effort, the outbox makes sure of it."""
        body = {"profile_ids": [str(profile_id) for profile_id in profile_ids]}
        call = Call("POST", RESCORE_PATH, body=body, is_repeatable=False, timeout_s=timeout_s)
        await self._transport.tell(call)


def scoring_client(base_url: str, key: str) -> tuple[ScoringClient, httpx.AsyncClient]:
    """Make the client and the connections it uses; close the latter when the service stops."""
    http = http_client(base_url, key)
    return ScoringClient(Transport(http)), http
