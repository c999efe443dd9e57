"""What people change of customers: each is audited with its reason, which the service is told too.

Bodies are as they were typed: the services judge them, and what they refuse stays in its form.
"""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call

Body = Mapping[str, object]


def pin(customer_id: str, body: Body, reason: str, key: str) -> Change:
    """Hold somebody at a tier, or above or below it."""
    sent = {**body, "reason": reason}
    call = Call("POST", f"{_path(customer_id)}/pins", sent, idempotency_key=key)
    return _scoring("customer.pinned", customer_id, call, dict(body))


def end_pin(customer_id: str, pin_id: UUID) -> Change:
    """Let go of somebody's tier."""
    call = Call("DELETE", f"{_path(customer_id)}/pins/{pin_id}")
    return _scoring("customer.unpinned", customer_id, call, {"pin": str(pin_id)})


def grant(customer_id: str, body: Body, reason: str, key: str) -> Change:
    """Give somebody a tier."""
    sent = {**body, "reason": reason}
    call = Call("POST", f"{_path(customer_id)}/grants", sent, idempotency_key=key)
    return _scoring("customer.granted", customer_id, call, dict(body))


def end_grant(customer_id: str, grant_id: UUID) -> Change:
    """Take a tier that was given back."""
    call = Call("DELETE", f"{_path(customer_id)}/grants/{grant_id}")
    return _scoring("customer.grant_ended", customer_id, call, {"grant": str(grant_id)})


def redeem(customer_id: str, programme: str, benefit: str, key: str) -> Change:
    """Use a benefit once."""
    path = f"{_path(customer_id)}/entitlements/{benefit}/redeem"
    call = Call("POST", path, {"programme": programme, "quantity": 1}, idempotency_key=key)
    told: dict[str, object] = {"programme": programme, "benefit": benefit}
    return _scoring("benefit.redeemed", customer_id, call, told)


def adjust_points(
    customer_id: str, programme: str, points: object, reason: str, key: str
) -> Change:
    """Give points, or with a minus take some."""
    body = {"programme": programme, "points": points, "reason": reason}
    call = Call("POST", f"{_path(customer_id)}/points/adjust", body, idempotency_key=key)
    return _scoring("points.adjusted", customer_id, call, {"points": points})


def correct_attributes(customer_id: str, attributes: object, version: int) -> Change:
    """Write all attributes of a profile anew that is still as it was read."""
    body, tag = {"attributes": attributes}, f'"{version}"'
    call = Call("PUT", _path(customer_id), body, is_repeatable=False, if_match=tag)
    # their names alone: what they say may name somebody
    names = sorted(attributes) if isinstance(attributes, dict) else []
    return _ingest("customer.corrected", customer_id, call, {"attributes": names})


def set_consents(customer_id: str, consents: Mapping[str, bool]) -> Change:
    """Write down what somebody agrees to."""
    call = Call("PUT", f"{_path(customer_id)}/consents", dict(consents))
    return _ingest("customer.consents_set", customer_id, call, dict(consents))


def merge(customer_id: str, loser: str, reason: str, key: str) -> Change:
    """Have all that another one did count for somebody."""
    body = {
        "winner": {"customer_id": customer_id},
        "loser": {"customer_id": loser},
        "reason": reason,
    }
    call = Call("POST", "/v1/merges", body, idempotency_key=key)
    return _ingest("customer.merged", customer_id, call, {"merged": loser})


def undo_merge(customer_id: str, merge_id: UUID) -> Change:
    """Take a merge back."""
    call = Call("DELETE", f"/v1/merges/{merge_id}", is_repeatable=False)
    return _ingest("customer.merge_undone", customer_id, call, {"merge": str(merge_id)})


def erase(customer_id: str, key: str) -> Change:
    """Erase somebody for ever.

    The entry is about the erasure, not the customer: else it would be blanked with all that names
    them, and nobody could tell who erased, and why.
    """
    call = Call("POST", f"{_path(customer_id)}/erase", {}, idempotency_key=key)
    may, subject = Permission.CUSTOMERS_ERASE, f"erasure:{key}"
    return Change(may, "customer.erased", subject, Service.INGEST, call)


def _path(customer_id: str) -> str:
    return f"/v1/customers/{quote(customer_id, safe='')}"


def _scoring(action: str, customer_id: str, call: Call, details: dict[str, object]) -> Change:
    return _change(action, customer_id, Service.SCORING, call, details)


def _ingest(action: str, customer_id: str, call: Call, details: dict[str, object]) -> Change:
    return _change(action, customer_id, Service.INGEST, call, details)


def _change(
    action: str, customer_id: str, service: Service, call: Call, details: dict[str, object]
) -> Change:
    may, subject = Permission.CUSTOMERS_CHANGE, f"customer:{customer_id}"
    return Change(may, action, subject, service, call, details)
