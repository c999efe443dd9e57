"""Surveys as marketers write them, as people answer them, and what they come to."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, JsonValue, WithJsonSchema, model_validator

from shared.contracts.common import LocalText, OpenObject
from shared.contracts.feedback import HeldTier
from shared.fields import fault
from shared.forms import KEY
from shared.wire import Identifier, ReplyModel, WireModel

MOST_QUESTIONS: Final = 100
MOST_OPTIONS: Final = 100
MOST_CUSTOMERS: Final = 1000

SurveyQuestionKind = Literal[
    "csat", "nps", "ces", "rating", "scale", "single", "multi", "text", "yes_no", "date"
]
SurveyState = Literal["draft", "live", "closed"]
Language = Literal["en", "zh"]


class SurveyOption(WireModel):
    """One thing to choose."""

    key: str = Field(pattern=KEY)
    text: LocalText


class SurveyScale(WireModel):
    """The ends of a scale, 2 to 11 points, and what they mean."""

    min: int = Field(ge=-10, le=100)
    max: int = Field(ge=-10, le=100)
    min_label: LocalText | None = None
    max_label: LocalText | None = None


class SurveyQuestion(WireModel):
    """One question: csat 1-5, nps 0-10, ces 1-7, rating 1-5 stars, or as its kind says.

    `show_if`: a condition over earlier answers, of all, any, not, answered, eq, in, gte.
    `attribute`: the answer becomes this attribute of the customer, such as preferences.roast.
    """

    key: str = Field(pattern=KEY)
    kind: SurveyQuestionKind
    text: LocalText
    help: LocalText | None = None
    required: bool = False
    options: list[SurveyOption] | None = Field(default=None, min_length=1, max_length=MOST_OPTIONS)
    scale: SurveyScale | None = None
    max_length: int | None = Field(default=None, ge=1, le=2000)
    show_if: OpenObject | None = None
    attribute: str | None = Field(default=None, min_length=1, max_length=100)


class SurveyDocument(WireModel):
    """What is asked. Every change is a new version; answers keep the one they were given under."""

    title: LocalText
    intro: LocalText | None = None
    thanks: LocalText | None = None
    questions: list[SurveyQuestion] = Field(min_length=1, max_length=MOST_QUESTIONS)
    expires_days: int = Field(default=30, ge=1, le=365)
    is_anonymous: bool = Field(
        default=False, description="Answers are kept without a word of who gave them"
    )


class SurveyRequest(SurveyDocument):
    """A new survey with its key."""

    key: str = Field(pattern=KEY)


class SurveyAnswer(ReplyModel):
    """A survey as it is stored; `version` is its ETag."""

    key: str
    version: int
    state: SurveyState
    document: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime


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


class SurveyReach(ReplyModel):
    """How far invitations got; `partly`: saved, not given. `response_rate`: answered by sent."""

    sent: int
    opened: int
    partly: int
    answered: int
    response_rate: float | None


class TierReach(SurveyReach):
    """Reach among those who held a tier when they were invited."""

    is_tier_known: bool
    tier_held: HeldTier | None


class ValueCount(ReplyModel):
    """How often a value was answered."""

    value: int | bool | str
    text: LocalText | None = None
    count: int


class NetPromoterScore(ReplyModel):
    """Promoters 9-10, passives 7-8, detractors 0-6; the score goes from -100 to 100."""

    promoters: int
    passives: int
    detractors: int
    score: float


class QuestionResult(ReplyModel):
    """What a question was answered; texts and dates are only counted."""

    key: str
    kind: SurveyQuestionKind
    text: LocalText
    answered: int
    distribution: list[ValueCount]
    mean: float | None
    nps: NetPromoterScore | None


class SurveyResults(ReplyModel):
    """What a survey has come to, in all or in one version."""

    key: str
    state: SurveyState
    version: int | None = None
    reach: SurveyReach
    by_tier: list[TierReach]
    questions: list[QuestionResult]


class ResponseItem(ReplyModel):
    """The answers of one person; of an anonymous survey without person, tier and hour."""

    response_id: UUID
    version: int
    customer_id: str | None
    language: str | None
    tier_invited: HeldTier | None
    tier_held: HeldTier | None
    is_tier_known: bool
    answers: dict[str, JsonValue]
    answered_at: datetime


EXAMPLE_DOCUMENT: Final[dict[str, Any]] = {
    "title": {"en": "Your last visit", "zh": "您的上次光临"},
    "intro": {"en": "Two minutes, thank you.", "zh": "只需两分钟，谢谢。"},
    "thanks": {"en": "Thank you!", "zh": "谢谢您！"},
    "questions": [
        {
            "key": "satisfaction",
            "kind": "csat",
            "text": {"en": "How satisfied are you?", "zh": "您的满意度如何？"},
            "required": True,
        },
        {
            "key": "why",
            "kind": "text",
            "text": {"en": "What went wrong?", "zh": "哪里不满意？"},
            "max_length": 500,
            "show_if": {"not": {"gte": {"question": "satisfaction", "value": 3}}},
        },
        {
            "key": "roast",
            "kind": "single",
            "text": {"en": "Which roast do you like?", "zh": "您喜欢哪种烘焙度？"},
            "options": [
                {"key": "light", "text": {"en": "Light", "zh": "浅烘"}},
                {"key": "dark", "text": {"en": "Dark", "zh": "深烘"}},
            ],
            "attribute": "preferences.roast",
        },
    ],
    "expires_days": 14,
    "is_anonymous": False,
}
EXAMPLE_SURVEY: Final[dict[str, Any]] = {"key": "after_visit", **EXAMPLE_DOCUMENT}
EXAMPLE_INVITATIONS: Final[dict[str, Any]] = {"customers": ["c-1"]}
EXAMPLE_SAVED: Final[dict[str, Any]] = {"answers": {"satisfaction": 5}, "language": "zh"}
EXAMPLE_ANSWERS: Final[dict[str, Any]] = {
    "answers": {"satisfaction": 5, "roast": "dark"},
    "language": "zh",
}
