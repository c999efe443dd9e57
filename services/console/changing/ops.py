"""What people change of the platform: keys made and revoked, webhooks tried and told again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key that somebody wants."""

    name: str
    kind: str
    scopes: Sequence[str]
    source: str | None


def make_key(wish: KeyWish, key: str) -> Change:
    """Make a key; asked again after a lost answer, it is the same one."""
    body = {"name": wish.name, "kind": wish.kind, "scopes": sorted(wish.scopes)}
    if wish.source:
        body["source_id"] = wish.source
    call = Call("POST", "/v1/keys", body, idempotency_key=key)
    details: dict[str, object] = {"kind": wish.kind, "scopes": sorted(wish.scopes)}
    subject = f"key:{wish.name}"
    return Change(Permission.KEYS_CHANGE, "key.made", subject, Service.INGEST, call, details)


def revoke_key(key_id: UUID, name: str, reason: str) -> Change:
    """Revoke a key."""
    query = {"reason": reason[:200]} if reason else None
    call = Call("DELETE", f"/v1/keys/{key_id}", query=query)
    details: dict[str, object] = {"name": name}
    subject = f"key:{key_id}"
    return Change(Permission.KEYS_CHANGE, "key.revoked", subject, Service.INGEST, call, details)


def replay_delivery(webhook_id: UUID, delivery_id: UUID) -> Change:
    """Send one message once more, under the same id."""
    call = Call("POST", f"/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay")
    details: dict[str, object] = {"delivery_id": str(delivery_id)}
    return _of_webhook("webhook.replayed", webhook_id, call, details)


def replay_since(webhook_id: UUID, since: datetime) -> Change:
    """Send everything once more that was announced since."""
    body = {"since": since.isoformat()}
    call = Call("POST", f"/v1/webhooks/{webhook_id}/replay", body, is_repeatable=False)
    return _of_webhook("webhook.replayed", webhook_id, call, dict(body))


def ping(webhook_id: UUID) -> Change:
    """Send a message that means nothing, to see whether the receiver answers."""
    call = Call("POST", f"/v1/webhooks/{webhook_id}/ping", is_repeatable=False, timeout_s=15.0)
    return _of_webhook("webhook.tried", webhook_id, call, {})


def _of_webhook(action: str, webhook_id: UUID, call: Call, details: dict[str, object]) -> Change:
    subject = f"webhook:{webhook_id}"
    return Change(Permission.DATA_CHANGE, action, subject, Service.SCORING, call, details)
