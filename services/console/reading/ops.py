"""What pages ask of the platform: health, queues, jobs, keys, the audit log, outgoing webhooks."""

from collections.abc import AsyncIterator, Mapping
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from services.console.visiting.services import Remote, Service, ServiceAway
from services.console.visiting.visit import Visit
from shared.contracts.audit import AuditEntry
from shared.contracts.common import Page
from shared.contracts.health import Health
from shared.contracts.jobs import Job
from shared.contracts.keys import KeyInfo
from shared.contracts.ops import Queues
from shared.contracts.outgoing_webhooks import DeliveryAnswer, EndpointAnswer

#: A service that needs longer than this to say how it is is not well.
_HEALTH_WITHIN_S: Final = 3.0
_AT_ONCE: Final = 1000
_ENDPOINTS: Final = 200


def remote_of(visit: Visit, service: Service) -> Remote:
    """Give the way to a service by its name."""
    return {
        Service.INGEST: visit.ingest,
        Service.SCORING: visit.scoring,
        Service.FEEDBACK: visit.feedback,
    }[service]


async def readiness(remote: Remote) -> Health:
    """Ask a service how it is; one that is not ready says so with 503, which is an answer too."""
    await remote.admit()
    try:
        response = await remote.line.http.get("/health/ready", timeout=_HEALTH_WITHIN_S)
        return Health.model_validate_json(response.content)
    except (httpx.TransportError, ValidationError) as error:
        raise ServiceAway(remote.line.service) from error


async def queues(visit: Visit) -> Queues:
    """Tell what waits in the background of all services."""
    return await visit.ingest.get("/v1/ops/queues", Queues)


async def list_jobs(
    visit: Visit, service: Service, status: str | None, cursor: str | None, limit: int
) -> Page[Job]:
    """Give a page of a service's jobs, the newest first."""
    query = {"status": status, "cursor": cursor, "limit": limit}
    return await remote_of(visit, service).get("/v1/jobs", Page[Job], query)


async def list_keys(visit: Visit, cursor: str | None, limit: int) -> Page[KeyInfo]:
    """Give a page of API keys, the newest first."""
    return await visit.ingest.get("/v1/keys", Page[KeyInfo], {"cursor": cursor, "limit": limit})


async def list_acts(
    visit: Visit, given: Mapping[str, object], cursor: str | None, limit: int
) -> Page[AuditEntry]:
    """Give a page of the audit log, the newest first; `given` is as GET /v1/audit takes it."""
    query = {**given, "cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/audit", Page[AuditEntry], query)


async def all_acts(visit: Visit, given: Mapping[str, object]) -> AsyncIterator[AuditEntry]:
    """Give the audit log entry by entry, a page at a time."""
    cursor: str | None = None
    while True:
        found = await list_acts(visit, given, cursor, _AT_ONCE)
        for entry in found.items:
            yield entry
        cursor = found.next_cursor
        if cursor is None:
            return


async def webhooks(visit: Visit) -> list[EndpointAnswer]:
    """List who is told of what happens."""
    query = {"limit": _ENDPOINTS}
    return (await visit.scoring.get("/v1/webhooks", Page[EndpointAnswer], query)).items


def webhook_path(webhook_id: str) -> str:
    """Give the address of an outgoing webhook at scoring."""
    return f"/v1/webhooks/{quote(webhook_id, safe='')}"


async def one_webhook(visit: Visit, webhook_id: str) -> EndpointAnswer:
    """Give one outgoing webhook."""
    return await visit.scoring.get(webhook_path(webhook_id), EndpointAnswer)


async def list_deliveries(
    visit: Visit, webhook_id: str, status: str | None, cursor: str | None, limit: int
) -> Page[DeliveryAnswer]:
    """Give a page of what was sent to a webhook, the newest first."""
    query = {"status": status, "cursor": cursor, "limit": limit}
    path = f"{webhook_path(webhook_id)}/deliveries"
    return await visit.scoring.get(path, Page[DeliveryAnswer], query)
