"""Merges of customers, and identifiers that two customers claim."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.common import CustomerReference
from shared.fields import fault
from shared.wire import ReplyModel, ShortText, WireModel


def _named(reference: CustomerReference) -> CustomerReference:
    if not reference.given():
        raise fault("missing", "must hold at least one identifier")
    return reference


#: Somebody by at least one identifier; the strongest that is known decides.
Somebody = Annotated[CustomerReference, AfterValidator(_named)]


class MergeRequest(WireModel):
    """The body of POST /v1/merges."""

    winner: Somebody
    loser: Somebody
    reason: ShortText = "merge"


class CustomerName(ReplyModel):
    """A customer: the shop's own id where there is one, and ours."""

    customer_id: str | None = None
    profile_id: UUID


class MergeAnswer(ReplyModel):
    """A merge; `sequence` and `customer_version` say from where on it counts."""

    merge_id: UUID
    winner: CustomerName
    loser: CustomerName
    reason: str
    sequence: int
    customer_version: int
    linked_at: datetime
    undone_at: datetime | None = None
    undone_sequence: int | None = None


class IdentityConflict(ReplyModel):
    """An identifier that one customer holds and another one was seen with."""

    conflict_id: UUID
    kind: str
    holder: CustomerName
    claimant: CustomerName
    seen_at: datetime
    resolved_at: datetime | None = None


class ConflictDecision(WireModel):
    """The body of POST /v1/identity-conflicts/{id}/resolve."""

    keep: Literal["holder", "claimant"] = Field(
        description="Who shall have the identifier from now on; what was done under it stays"
    )


EXAMPLE_MERGE = {
    "winner": {"customer_id": "c-1"},
    "loser": {"loyalty_account": "M-2"},
    "reason": "Told us at the till",
}
