"""Tiers and scores as scoring answers them."""

from datetime import date, datetime
from typing import Self

from pydantic import Field, model_validator

from shared.contracts.common import CustomerReference, LocalText, Money
from shared.fields import fault
from shared.wire import Identifier, ReplyModel, WireModel

MAX_QUERY = 1000


class Tier(ReplyModel):
    """A tier by key, with its place and its name for people."""

    key: str
    rank: int
    name: LocalText


class Need(ReplyModel):
    """What is missing in one metric."""

    metric: str
    missing: str


class Target(ReplyModel):
    """What it takes to reach or to keep a tier, and until when."""

    tier: str
    needs: list[Need]
    by: datetime | None = None


class Progress(ReplyModel):
    """The way up, and what keeps the present tier."""

    next: Target | None = None
    keep: Target | None = None


class Reason(ReplyModel):
    """Why: a stable code and words for people."""

    code: str
    text: LocalText


class TierAnswer(ReplyModel):
    """The tier of one customer in one programme."""

    customer_id: str | None
    known: bool
    programme: str
    programme_version: int
    tier: Tier
    since: datetime | None = None
    valid_until: datetime | None = None
    status: str
    lifecycle: str | None = None
    progress: Progress = Field(default_factory=Progress)
    reasons: list[Reason] = Field(default_factory=list)
    model_version: str | None = None
    release: str | None = None
    as_of: datetime
    stale: bool = False
    #: why it is stale: `db_unavailable`
    reason: str | None = None
    #: the last tier known is too old to give price benefits for
    expired: bool = False


class TierQuery(WireModel):
    """Many customers at once: by our customer id, or by whatever a till knows of them."""

    customer_ids: list[Identifier] | None = Field(default=None, min_length=1, max_length=MAX_QUERY)
    customers: list[CustomerReference] | None = Field(
        default=None, min_length=1, max_length=MAX_QUERY
    )
    programme: Identifier | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.customer_ids is None) == (self.customers is None):
            raise fault("one_of", "give either customer_ids or customers")
        return self


class TierAnswers(ReplyModel):
    """Answers in the order of the question."""

    answers: list[TierAnswer]


class IndexAccuracy(ReplyModel):
    """How an index did on customers and days it had not seen, beside its best plain rule."""

    metric: str
    customers: int
    #: with an interval that holds the truth in 95 of 100 draws of customers
    value: float
    low: float
    high: float
    baseline: str
    baseline_name: LocalText
    baseline_value: float
    lead: float
    lead_low: float
    lead_high: float
    #: total predicted over the total that happened: 1.1 is 10 % too much
    bias: float


class IndexAnswer(ReplyModel):
    """One index: which future outcome it claims, how well it does, and its value if it holds."""

    key: str
    name: LocalText
    claim: LocalText
    shown: bool
    #: a chance from 0 to 1; null where the index is money
    value: float | None = None
    amount: Money | None = None
    #: among the customers it was learnt on: high the top 20 %, mid the next 30 %
    level: str | None = None
    accuracy: IndexAccuracy | None = None
    #: why it is not shown
    reason: Reason | None = None


class ScoreAnswer(ReplyModel):
    """What one customer is expected to be worth."""

    customer_id: str
    known: bool
    value: Money | None = None
    low: Money | None = None
    high: Money | None = None
    probability_to_buy: float | None = None
    #: expected spend above that of the past horizon, never more than `value`; null where the
    #: index `growth` is not shown
    potential: Money | None = None
    # relative to the mean of the base on its date: 2.0 is twice the average customer
    season_free_score: float | None = None
    #: low after one purchase only, else normal
    confidence: str | None = None
    confidence_reason: Reason | None = None
    #: where history is too short to know the season: what that means for the amounts
    season: Reason | None = None
    indices: list[IndexAnswer] = Field(default_factory=list)
    lifecycle: str | None = None
    horizon_days: int | None = None
    business_date: date | None = None
    model_version: str | None = None
    release: str | None = None
    as_of: datetime
