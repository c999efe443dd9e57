"""Experiments: what is tried on whom, who is in which arm, and what came of it."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.common import LocalText
from shared.fields import fault
from shared.forms import KEY
from shared.wire import Instant, ReplyModel, ShortText, WireModel

Key = Annotated[str, Field(pattern=KEY, examples=["win_back_call"])]
MetricName = Literal["spend", "orders", "retention", "satisfaction"]
StateName = Literal["draft", "running", "ended"]
VerdictName = Literal[
    "not_started",
    "too_early",
    "stopped_early",
    "sample_ratio_mismatch",
    "not_enough_data",
    "higher",
    "lower",
    "no_difference_seen",
]
MAX_DAYS: Final = 366


class About(WireModel):
    """What is held out: a playbook, a benefit of a programme, all benefits of a tier, or yours.

    A tier itself is not held out: nobody is told another tier than the rules give them.
    """

    kind: Literal["playbook", "benefit", "tier", "other"]
    key: Annotated[str, Field(min_length=1, max_length=64)]
    programme: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class Arm(WireModel):
    """A share of the audience in thousandths; the arm `control` is held out."""

    key: Key
    share: int = Field(ge=1, le=999)
    name: LocalText | None = None


class FixedDesign(WireModel):
    """Look once, after so many days."""

    days: int = Field(ge=1, le=MAX_DAYS)


class SequentialDesign(WireModel):
    """Look on any day; the interval is tightest after `days` of all whom it can meet."""

    days: int = Field(default=28, ge=1, le=MAX_DAYS)


class Design(WireModel):
    """How the result may be looked at: one of the two."""

    fixed: FixedDesign | None = None
    sequential: SequentialDesign | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.fixed is None) == (self.sequential is None):
            raise fault("one_design", "name one design: fixed or sequential")
        return self


class ExperimentBody(WireModel):
    """An experiment as it is written."""

    name: LocalText
    about: About
    arms: list[Arm] = Field(min_length=2, max_length=8)
    segment: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    primary: MetricName = "spend"
    also: list[MetricName] = Field(default_factory=list, max_length=4)
    design: Design
    pre_period_days: int = Field(default=28, ge=0, le=MAX_DAYS)
    alpha: float = Field(default=0.05, ge=0.001, le=0.2)
    minimum_effect_percent: float | None = Field(default=None, gt=0, le=1000)
    #: of all customers' spend, in thousandths: what lies above counts as this much
    cap_permille: int | None = Field(default=None, ge=900, le=999)
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    owner: ShortText


class ExperimentRequest(ExperimentBody):
    """A new experiment."""

    key: Key


class ExperimentAnswer(ReplyModel):
    """An experiment; its `salt` and shares say who is in which arm (see the assignment)."""

    key: str
    version: int
    state: StateName
    name: LocalText
    about: About
    arms: list[Arm]
    segment: str | None
    primary: MetricName
    also: list[MetricName]
    design: Design
    pre_period_days: int
    alpha: float
    minimum_effect_percent: float | None
    cap_permille: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    owner: str
    salt: str | None
    audience_size: int | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime


class AssignmentAnswer(ReplyModel):
    """The arm of a customer; null where they are in none, and why."""

    experiment: str
    customer_id: str
    arm: str | None
    is_held_out: bool
    reason: Literal["assigned", "not_running", "not_in_audience"]


class ExposureItem(ReplyModel):
    """Somebody met the experiment; `unit` is what their arm is drawn from."""

    unit: str
    customer_id: str | None
    arm: str
    exposed_at: datetime


class ArmFigures(ReplyModel):
    """One arm in one metric; figures are decimals in the metric's unit."""

    arm: str
    customers: int
    events: int
    mean: str
    spread: str


class Comparison(ReplyModel):
    """A treatment beside the hold-out in one metric.

    `narrowing`: how wide the interval is beside one without the time before (1: no narrower).
    """

    metric: MetricName
    unit: str
    is_primary: bool
    control: ArmFigures
    treatment: ArmFigures
    difference: str | None = None
    low: str | None = None
    high: str | None = None
    percent: float | None = None
    narrowing: float | None = None
    needed_customers: int | None = None
    verdict: VerdictName
    sentence: LocalText


class ResultAnswer(ReplyModel):
    """What came of an experiment, as of the end of yesterday."""

    experiment: str
    state: StateName
    verdict: VerdictName
    sentence: LocalText
    comparisons: list[Comparison]
    customers: dict[str, int]
    #: the probability of arms as uneven as these, by chance alone
    balance_p: float
    level_percent: float
    counted_from: date | None = None
    counted_until: date | None = None
    as_of: datetime
    notes: list[LocalText] = Field(default_factory=list)


class PlanRequest(WireModel):
    """What is asked of a plan; `effect_percent` of the mean turns it round."""

    metric: Literal["spend", "orders", "retention"] = "spend"
    segment: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    held_out_permille: int = Field(default=500, ge=1, le=999)
    alpha: float = Field(default=0.05, ge=0.001, le=0.2)
    power: float = Field(default=0.8, ge=0.5, le=0.99)
    design: Literal["fixed", "sequential"] = "fixed"
    pre_period_days: int = Field(default=28, ge=0, le=MAX_DAYS)
    customers: int | None = Field(default=None, ge=2, le=1_000_000_000)
    effect_percent: float | None = Field(default=None, gt=0, le=1000)


class PlanRow(ReplyModel):
    """What so many days can show."""

    days: int
    mean: str
    spread: str
    #: with what the time before explains taken out
    adjusted_spread: str
    detectable: str | None
    detectable_percent: float | None
    needed_customers: int | None


class PlanAnswer(ReplyModel):
    """The smallest effect that is seen with that power, by length; and what an effect takes."""

    metric: MetricName
    unit: str
    audience: int
    customers: int
    rows: list[PlanRow]
    fewest_days: int | None
    sentence: LocalText
    as_of: datetime


EXAMPLE_BODY: Final[dict[str, Any]] = {
    "name": {"en": "Does the win-back call pay?", "zh": "挽回电话值得吗？"},
    "about": {"kind": "playbook", "key": "win_back"},
    "arms": [{"key": "control", "share": 200}, {"key": "call", "share": 800}],
    "primary": "spend",
    "also": ["orders", "retention"],
    "design": {"sequential": {"days": 60}},
    "pre_period_days": 60,
    "owner": "crm",
}
EXAMPLE_EXPERIMENT: Final[dict[str, Any]] = {"key": "win_back_call", **EXAMPLE_BODY}
EXAMPLE_PLAN: Final[dict[str, Any]] = {
    "metric": "spend",
    "held_out_permille": 200,
    "effect_percent": 5,
    "pre_period_days": 56,
}
