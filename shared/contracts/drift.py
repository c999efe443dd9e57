"""Whether a model still fits, and a challenger beside it."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from shared.contracts.common import LocalText
from shared.wire import ReplyModel

State = Literal["steady", "watch", "alarm", "too_early", "no_model", "not_judged"]


class Population(ReplyModel):
    """Who was looked at. These move with the age and season of a shop: shown, not judged."""

    customers: int
    recent_buyers: int
    share_recent: float
    share_recent_at_training: float
    level_ratio: float | None


class ShiftAnswer(ReplyModel):
    """One number's distribution against that of training.

    Status `not_judged`: the number grows with the age of any shop. `psi_year_ago` is the distance
    from the same days of a year ago: what is near them is a season, and no alarm.
    """

    name: str
    psi: float
    noise: float
    psi_year_ago: float | None
    outside_training_range: float
    status: State


class RealisedAnswer(ReplyModel):
    """What a random sample spent beside what was predicted; money in minor units."""

    model_version: str
    business_date: date
    status: State
    is_partial: bool
    days: int
    horizon_days: int
    customers: int
    predicted: float
    spent: float
    ratio: float
    ratio_ends: tuple[float, float]
    gini: float
    gini_ends: tuple[float, float]
    gini_at_training: float | None
    hit20: float
    coverage: float | None
    chance_error: float | None


class Compared(ReplyModel):
    """Live model and challenger on the same customers and facts of the last four weeks."""

    customers: int
    agreement: float = Field(description="Spearman's rank correlation of the two scores")
    differing: float = Field(description="Share of customers who would be in another tier")
    value_ratio: float = Field(description="The challenger's money over the live model's")


class Lead(ReplyModel):
    """The challenger's lead over the live model, with the 95 % interval of a paired bootstrap."""

    gini: float
    gini_low: float
    gini_high: float
    hit20: float
    hit20_low: float
    hit20_high: float


class ShadowAnswer(ReplyModel):
    """A challenger scored beside the live model; `lead` once its horizon has passed."""

    model_version: str
    since: datetime
    compared: Compared | None
    judged: int
    lead: Lead | None
    better: Literal["challenger", "champion", "undecided"] | None
    realised: RealisedAnswer | None = None
    under_way: RealisedAnswer | None = None


class ShadowNamed(ReplyModel):
    """Which model is the challenger, and since when."""

    model_version: str
    since: datetime


class DriftReport(ReplyModel):
    """Whether the live model still fits, and what that rests on."""

    status: State
    sentence: LocalText
    model_version: str | None = None
    business_date: date | None = None
    computed_at: datetime | None = None
    psi_max: float | None = None
    population: Population | None = None
    score: ShiftAnswer | None = None
    features: list[ShiftAnswer] = Field(default_factory=list)
    realised: RealisedAnswer | None = None
    under_way: RealisedAnswer | None = None
    shadow: ShadowAnswer | None = None
