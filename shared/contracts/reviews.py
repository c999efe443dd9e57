"""Programme reviews: what works badly, with the figures that show it and what to change."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, JsonValue, model_validator

from shared.contracts.common import LocalText
from shared.fields import fault
from shared.forms import QUARTER
from shared.wire import FreeText, Identifier, ReplyModel, WireModel

FindingCode = Literal[
    "frequency_drop",
    "falling_satisfaction",
    "breached_service_level",
    "unused_benefit",
    "playbook_without_effect",
    "experiment_without_effect",
    "nobody_reaches_tier",
    "nobody_leaves_tier",
    "cost_above_return",
]
FindingStateName = Literal["open", "accepted", "rejected"]


class ReviewRequest(WireModel):
    """Which quarter to review; one that still runs is looked at up to yesterday."""

    quarter: Annotated[str, Field(pattern=QUARTER, examples=["2026-Q3"])]


class FindingChange(WireModel):
    """What becomes of a finding; what is left out stays as it is."""

    state: FindingStateName | None = None
    owner: Identifier | None = None
    note: FreeText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise fault("empty", "must change state, owner or note")
        return self


class ReviewVersions(ReplyModel):
    """Which versions of a programme a review looked at."""

    programme: str
    programme_version: int
    release: str
    model_version: str | None


class TooFewItem(ReplyModel):
    """A question that there was too little data for: it has `have` of what needs `needed`."""

    code: FindingCode
    programme: str | None
    tier: str | None
    subject: str | None
    have: int
    needed: int
    text: LocalText


class ChangedDocument(ReplyModel):
    """The document a finding would change.

    `key`: of a service level and of a tier's rules it is the tier; null where all benefits of a
    tier are meant.
    """

    document: Literal["playbook", "benefit", "tier_rule", "service_level", "experiment"]
    programme: str | None
    key: str | None
    link: str
    text: LocalText


class FindingAnswer(ReplyModel):
    """A weak strategy: the figures that show it, and a change that may help.

    `subject`: the benefit, playbook, experiment or kind of answer it is about. Figures ending in
    `_minor` are minor units of the shop's currency; `low` and `high` are the ends of an interval.
    """

    finding_id: UUID
    code: FindingCode
    programme: str | None
    tier: str | None
    subject: str | None
    text: LocalText
    figures: dict[str, JsonValue]
    suggestion: LocalText
    #: where the figures come from
    link: str | None
    changes: ChangedDocument
    state: FindingStateName
    owner: str | None
    note: str
    version: int
    changed_by: str | None
    changed_at: datetime | None


class ReviewItem(ReplyModel):
    """A review; `waiting` until the worker has looked at the figures."""

    review_id: UUID
    quarter: str
    first_day: date
    last_day: date
    compared_with: str
    state: Literal["waiting", "done"]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    programmes: list[ReviewVersions]


class ReviewAnswer(ReviewItem):
    """A review with its findings, and the questions that had not enough data."""

    findings: list[FindingAnswer] = Field(default_factory=list)
    not_enough_data: list[TooFewItem] = Field(default_factory=list)


EXAMPLE_REVIEW: Final[dict[str, Any]] = {"quarter": "2026-Q3"}
EXAMPLE_FINDING_CHANGE: Final[dict[str, Any]] = {
    "state": "accepted",
    "owner": "care-team",
    "note": "The silver tier gets the frequency-drop playbook from December on.",
}
