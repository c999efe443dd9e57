"""What the services answer about themselves, as tests of Operations have them say it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.unit.console.visits import NOW

WEBHOOK = UUID(int=5)
READY = {"status": "ready", "checks": [{"name": "database", "state": "ok", "detail": ""}]}
NOTHING = {"count": 0, "is_more": False, "oldest_s": None}


def queues(**changes: Any) -> dict[str, Any]:
    """Three customers to decide anew, and no worker of feedback."""
    workers = [
        {"name": name, "connections": 2, "last_asked_at": _iso(-seconds)}
        for name, seconds in (("platform", 300), ("ingest", 1), ("scoring", -1), ("console", 1))
    ]
    outbox = {
        "topic": "customers_changed",
        "topic_text": {"en": "Customers to decide anew", "zh": "待重新判定等级的会员"},
        "count": 3,
        "is_more": False,
        "oldest_s": 700.0,
        "most_attempts": 4,
        "last_error": "RemoteUnavailable",
    }
    database = {
        "server_version": "18.4",
        "migration": "0023",
        "size_bytes": 133 * 1024 * 1024,
        "connections": 21,
        "max_connections": 200,
    }
    return {
        "at": _iso(0),
        "version": "0.1.0",
        "outbox": [outbox],
        "jobs": [{"kind": "train_model", "waiting": 1, "running": 0, "failed": 2}],
        "due_reviews": NOTHING,
        "quarantine": {"count": 10_000, "is_more": True, "oldest_s": 5.0},
        "webhook_deliveries": NOTHING,
        "workers": workers,
        "database": database,
        **changes,
    }


def act(**changes: Any) -> dict[str, Any]:
    """Somebody pinned a tier."""
    return {
        "audit_id": str(UUID(int=1)),
        "at": _iso(0),
        "actor": "ann",
        "action": "pin.given",
        "action_text": {"en": "Tier pinned", "zh": "锁定等级"},
        "subject": "p-1",
        "reason": "told at the till",
        "details": {},
        **changes,
    }


def key(**changes: Any) -> dict[str, Any]:
    """Give a till's key."""
    return {
        "key_id": str(UUID(int=2)),
        "name": "till-1",
        "kind": "secret",
        "scopes": ["events:write"],
        "source": "pos",
        "created_at": _iso(0),
        "revoked_at": None,
        **changes,
    }


def webhook(**changes: Any) -> dict[str, Any]:
    """Give a receiver that has failed for an hour."""
    return {
        "webhook_id": str(WEBHOOK),
        "url": "https://hooks.example.com/tierline",
        "kinds": ["tier.changed"],
        "programmes": [],
        "description": "The shop's CRM",
        "status": "active",
        "disabled_reason": None,
        "failing_since": _iso(-3600),
        "former_secret_until": None,
        "created_at": _iso(0),
        "updated_at": _iso(0),
        **changes,
    }


def delivery(**changes: Any) -> dict[str, Any]:
    """Give a message that nobody took."""
    tries = [
        {"at": _iso(-60), "status": None, "ms": 9, "error": "ConnectError"},
        {"at": _iso(0), "status": 503, "ms": 12, "error": None},
    ]
    return {
        "delivery_id": str(UUID(int=6)),
        "message_id": "msg_1",
        "type": "tier.changed",
        "sequence": 1,
        "status": "given_up",
        "attempts": 2,
        "next_attempt_at": None,
        "created_at": _iso(-60),
        "finished_at": _iso(0),
        "tries": tries,
        **changes,
    }


def page_of(*items: dict[str, Any]) -> dict[str, Any]:
    """Put items onto the only page of a list."""
    return {"items": list(items), "next_cursor": None}


def _iso(seconds: int) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat()
