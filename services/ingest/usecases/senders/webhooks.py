"""Inbound web hooks: check who signed, read what was pushed, take it in."""

from datetime import datetime
from typing import Any

from services.ingest.domain.senders.signature import is_signed_by_any
from services.ingest.queries import webhooks
from services.ingest.queries.registry import require_source
from services.ingest.usecases.post_items import post_arrivals
from services.ingest.usecases.running import Ingest
from services.ingest.usecases.senders.read_webhooks import (
    currency_in,
    is_for_us,
    read_shopify,
    read_square,
)
from shared.audit import Note, note
from shared.contracts.webhooks import Platform, PushAnswer, WebhookSetup, WebhookState
from shared.problem import UNSIGNED, Problem
from shared.strict_json import parse

_SEALED_AS = "webhook-secret"
_UNSIGNED = (
    "Sign the raw body with the secret given by PUT /v1/sources/{id}/webhook;"
    " Square signs its notification_url before it"
)


async def set_up(
    ingest: Ingest, source_id: str, setup: WebhookSetup, *, actor: str, now: datetime
) -> WebhookState:
    """Give a source its secret and how its pushes are read; a former secret lasts an hour more."""
    await require_source(ingest.pool, source_id, now)
    sealed = ingest.secrets.encrypt_identifier(_SEALED_AS, setup.secret)
    settings = setup.model_dump(include={"customer_id_field", "notification_url"})
    async with ingest.pool.acquire() as connection, connection.transaction():
        await webhooks.put_push_settings(connection, source_id, setup.platform, settings)
        await webhooks.replace_secret(connection, source_id, setup.platform, sealed)
        details = {"platform": setup.platform}
        await note(connection, Note(actor, "source.webhook_set_up", source_id, details), at=now)
    return WebhookState(
        source_id=source_id,
        platform=setup.platform,
        path=f"/v1/webhooks/{setup.platform}/{source_id}",
        former_secret_valid_for_s=webhooks.OVERLAP_S,
    )


async def take_shopify(
    ingest: Ingest, source_id: str, body: bytes, *, topic: str, signature: str
) -> PushAnswer:
    """Take one of Shopify's pushes in, signed over its raw body; raises Problem 401 or 400."""
    await _check(ingest, source_id, "shopify", body, signature)
    settings = await webhooks.push_settings(ingest.pool, source_id, "shopify")
    push = {
        "platform": "shopify",
        "topic": topic,
        "customer_id_field": settings.get("customer_id_field"),
        "body": parse(body, exact_numbers=True),
    }
    return await _take(ingest, source_id, push)


async def take_square(ingest: Ingest, source_id: str, body: bytes, *, signature: str) -> PushAnswer:
    """Take one of Square's pushes in, signed over address and body; raises Problem 401 or 400."""
    settings = await webhooks.push_settings(ingest.pool, source_id, "square")
    signed = str(settings.get("notification_url") or "").encode() + body
    await _check(ingest, source_id, "square", signed, signature)
    push = {"platform": "square", "body": parse(body, exact_numbers=True)}
    return await _take(ingest, source_id, push)


async def _check(
    ingest: Ingest, source_id: str, platform: Platform, message: bytes, signature: str
) -> None:
    """Refuse what no valid secret signed; an unknown source is refused alike."""
    sealed = await webhooks.valid_secrets(ingest.pool, source_id, platform)
    secrets = [ingest.secrets.decrypt_identifier(_SEALED_AS, secret) for secret in sealed]
    if not is_signed_by_any(secrets, message, signature):
        if secrets:  # a source there is: its shop should see that its secret is another one
            ingest.counts.add(source_id, received=0, unsigned=1)
        raise Problem(UNSIGNED, _UNSIGNED)


async def _take(ingest: Ingest, source_id: str, push: dict[str, Any]) -> PushAnswer:
    if not is_for_us(push):
        return PushAnswer(accepted=0, ignored=1)
    read = read_square if push["platform"] == "square" else read_shopify
    result = await post_arrivals(ingest, source_id, [push], read=read, currency_of=currency_in)
    return PushAnswer(
        accepted=result.accepted,
        duplicates=result.duplicates,
        conflicts=len(result.conflicts),
        rejected=len(result.rejected),
    )
