"""What people change of value models: train, promote, try beside the live one, go back."""

from urllib.parse import quote

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call


def train_model(key: str) -> Change:
    """Train on everything before today."""
    return _change(
        "model.trained", "models", Call("POST", "/v1/models/train", {}, idempotency_key=key)
    )


def promote_model(version: str, key: str, *, reason: str, is_override: bool) -> Change:
    """Put a model into force; `is_override` where its gate failed."""
    body = {"override": True, "reason": reason} if is_override else {}
    call = Call("POST", f"{_of(version)}/promote", body, idempotency_key=key)
    return _change("model.promoted", f"model:{version}", call, {"override": is_override})


def begin_shadow(version: str) -> Change:
    """Score a model beside the live one."""
    call = Call("POST", f"{_of(version)}/shadow")
    return _change("model.shadowed", f"model:{version}", call)


def end_shadow() -> Change:
    """Score no model beside the live one any more."""
    return _change("model.shadow_ended", "models", Call("DELETE", "/v1/models/shadow"))


def roll_back_models(key: str, *, reason: str) -> Change:
    """Go back to the release before."""
    call = Call("POST", "/v1/models/rollback", {"reason": reason}, idempotency_key=key)
    return _change("model.rolled_back", "models", call)


def _change(
    action: str, subject: str, call: Call, details: dict[str, object] | None = None
) -> Change:
    may = Permission.MODELS_CHANGE
    return Change(may, action, subject, Service.SCORING, call, details or {})


def _of(version: str) -> str:
    return f"/v1/models/{quote(version, safe='')}"
