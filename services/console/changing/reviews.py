"""What people change of reviews: ask for one, and say what becomes of a finding."""

from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call
from shared.contracts.reviews import FindingAnswer, FindingChange, ReviewRequest


def ask_review(quarter: str, key: str) -> Change:
    """Ask for the review of a quarter."""
    body = ReviewRequest(quarter=quarter).model_dump(mode="json")
    call = Call("POST", "/v1/reviews", body, idempotency_key=key)
    return _change("review.asked", f"review:{quarter}", call)


def change_finding(review_id: UUID, finding: FindingAnswer, change: FindingChange) -> Change:
    """Accept or reject a finding that is still as it was read."""
    path = f"/v1/reviews/{review_id}/findings/{finding.finding_id}"
    body = change.model_dump(mode="json", exclude_unset=True)
    call = Call("PATCH", path, body, is_repeatable=False, if_match=f'"{finding.version}"')
    return _change(
        "review.finding_changed", f"finding:{finding.finding_id}", call, state=change.state
    )


def _change(action: str, subject: str, call: Call, **details: object) -> Change:
    return Change(Permission.CARE_CHANGE, action, subject, Service.FEEDBACK, call, dict(details))
