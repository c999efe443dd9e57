"""Surveys as marketers write them, and what they come to."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from shared.contracts.common import LocalText, OpenObject
from shared.contracts.feedback import HeldTier
from shared.forms import KEY
from shared.wire import ReplyModel, WireModel

MOST_QUESTIONS: Final = 100
MOST_OPTIONS: Final = 100

SurveyQuestionKind = Literal[
    "csat", "nps", "ces", "rating", "scale", "single", "multi", "text", "yes_no", "date"
]
SurveyState = Literal["draft", "live", "closed"]


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
