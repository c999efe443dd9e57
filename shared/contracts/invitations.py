"""Invitations to a survey: whom to ask, what a link asks, what is answered there."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, JsonValue, WithJsonSchema, model_validator

from shared.contracts.common import LocalText
from shared.contracts.surveys import MOST_QUESTIONS, SurveyQuestionKind
from shared.fields import fault
from shared.wire import Identifier, ReplyModel, WireModel

MOST_CUSTOMERS: Final = 1000

Language = Literal["en", "zh"]


class InvitationsRequest(WireModel):
    """Whom to ask: customers by our id, or who is in a segment, page by page."""

    customers: list[Identifier] | None = Field(
        default=None, min_length=1, max_length=MOST_CUSTOMERS
    )
    segment: str | None = Field(default=None, min_length=1, max_length=128)
    cursor: UUID | None = Field(default=None, strict=False)
    limit: int = Field(default=MOST_CUSTOMERS, ge=1, le=MOST_CUSTOMERS)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.customers is None) == (self.segment is None):
            raise fault("one_of", "give either customers or segment")
        return self


class InvitationAnswer(ReplyModel):
    """One person's link: open it below the address of this service."""

    customer_id: str
    invitation_id: UUID
    token: str
    path: str
    expires_at: datetime
    is_new: bool = Field(description="False: they have this open link already")


class SkippedCustomer(ReplyModel):
    """Who is not asked, and why."""

    customer_id: str | None
    reason: Literal["unknown", "consent_withdrawn", "same_person", "no_customer_id"]


class InvitationsAnswer(ReplyModel):
    """Links of those who are asked; send the cursor back to go on with a segment."""

    survey: str
    version: int
    items: list[InvitationAnswer]
    skipped: list[SkippedCustomer]
    next_cursor: UUID | None = None


class AskedQuestion(ReplyModel):
    """A question as it is asked; texts in one language where one was asked for."""

    key: str
    kind: SurveyQuestionKind
    text: LocalText | str
    help: LocalText | str | None = None
    required: bool
    options: list[dict[str, JsonValue]] = Field(default_factory=list)
    min: int | None = None
    max: int | None = None
    min_label: LocalText | str | None = None
    max_label: LocalText | str | None = None
    max_length: int | None = None
    show_if: dict[str, JsonValue] | None = None


class AskedSurvey(ReplyModel):
    """What a link asks; `answers` are those saved on the way."""

    survey: str
    version: int
    state: Literal["open", "answered"]
    title: LocalText | str
    intro: LocalText | str | None = None
    thanks: LocalText | str | None = None
    is_anonymous: bool
    questions: list[AskedQuestion]
    answers: dict[str, JsonValue] = Field(default_factory=dict)
    expires_at: datetime


# What the question asks for is known where the survey is: one fault then, at the question.
AnyAnswer = Annotated[
    JsonValue,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "boolean"},
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "null"},
            ]
        }
    ),
]


class AnswersRequest(WireModel):
    """Answers by question: a number, the key of an option or a list of them, a text, a date."""

    answers: dict[str, AnyAnswer] = Field(max_length=MOST_QUESTIONS)
    language: Language | None = None


class SavedAnswers(ReplyModel):
    """What is kept so far; `dropped` were to questions that these answers do not lead to."""

    answers: dict[str, JsonValue]
    dropped: list[str]
    missing: list[str]


class GivenAnswers(ReplyModel):
    """What counts; `response_id` is absent in an anonymous survey."""

    response_id: UUID | None
    answers: dict[str, JsonValue]
    dropped: list[str]
    answered_at: datetime
    is_duplicate: bool


EXAMPLE_INVITATIONS: Final[dict[str, Any]] = {"customers": ["c-1"]}
EXAMPLE_SAVED: Final[dict[str, Any]] = {"answers": {"satisfaction": 5}, "language": "zh"}
EXAMPLE_ANSWERS: Final[dict[str, Any]] = {
    "answers": {"satisfaction": 5, "roast": "dark"},
    "language": "zh",
}
