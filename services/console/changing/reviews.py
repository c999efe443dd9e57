"""What people change of reviews: ask for one, and say what becomes of a finding."""

from collections.abc import Mapping
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call
from shared.contracts.reviews import FindingAnswer


def ask_review(quarter: str, key: str) -> Change:
    """Ask for the review of a quarter."""
    call = Call("POST", "/v1/reviews", {"quarter": quarter}, idempotency_key=key)
    return _change("review.asked", f"review:{quarter}", call, {})


def change_finding(review_id: UUID, finding: FindingAnswer, body: Mapping[str, object]) -> Change:
    """Accept or reject a finding that is still as it was read."""
    path = f"/v1/reviews/{review_id}/findings/{finding.finding_id}"
    tag = f'"{finding.version}"'
    call = Call("PATCH", path, dict(body), is_repeatable=False, if_match=tag)
    told = {"state": body.get("state"), "owner": body.get("owner")}
    return _change("review.finding_changed", f"finding:{finding.finding_id}", call, told)


def _change(action: str, subject: str, call: Call, details: Mapping[str, object]) -> Change:
    told = {name: value for name, value in details.items() if value is not None}
    return Change(Permission.CARE_CHANGE, action, subject, Service.FEEDBACK, call, told)
