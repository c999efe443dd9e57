"""How right a model was: one document for machines, and what the HTML report is drawn from."""

from datetime import date, datetime
from typing import Final, Literal

from pydantic import Field, JsonValue

from shared.contracts.common import LocalText
from shared.wire import ReplyModel

FORMAT: Final = 1
TierName = Literal["high", "mid", "low"]
Flag = Literal["behind_decayed", "money_off", "range_off"]
#: A share or a coefficient; null where it has no meaning (nobody bought, too few customers).
Figure = float | None


class BacktestAccuracy(ReplyModel):
    """Figures of one score against the spend that followed.

    `cap20`: share of all spend that the best 20 % by score then held; `hit20`: share of the true
    best 20 % among them; `bias`: total predicted over total spent.
    """

    gini: Figure = None
    hit20: Figure = None
    cap20: Figure = None
    cap5: Figure = None
    spearman: Figure = None
    auc: Figure = None
    bias: Figure = None


class BacktestLead(ReplyModel):
    """How far Tierline is ahead, with the 95 % interval of a paired bootstrap."""

    gini: Figure
    gini_low: Figure
    gini_high: Figure
    hit20: Figure
    hit20_low: Figure
    hit20_high: Figure


class Contender(ReplyModel):
    """A score in the comparison; `gains`: share of spend held by its best 0, 1, ... 100 %."""

    key: str
    name: LocalText
    accuracy: BacktestAccuracy
    lead: BacktestLead | None = None
    gains: list[float] = Field(default_factory=list)


class Decile(ReplyModel):
    """A tenth of the customers by prediction, the best first; money per customer, major units.

    `spent_low`, `spent_high`: 95 % interval of the mean spent. `coverage`: share of its buyers
    whose spend fell within their range, which promises .80.
    """

    decile: int
    customers: int
    predicted: float
    spent: float
    spent_low: float
    spent_high: float
    chance: float
    bought: float
    coverage: Figure


class ChanceGroup(ReplyModel):
    """Customers of like chance to buy: predicted, seen, and the seen share's 95 % interval."""

    customers: int
    chance: float
    bought: float
    bought_low: float
    bought_high: float


class ConfusionRow(ReplyModel):
    """Customers of one predicted tier by the tier they then earned; ties count in parts."""

    predicted: TierName
    high: float
    mid: float
    low: float


class Misses(ReplyModel):
    """Share of the true best 20 % that was missed, and of the rest that was promoted falsely.

    The yardsticks are those of Malthouse and Blattberg (2005): 55 % and 15 %.
    """

    missed: Figure
    promoted: Figure
    missed_yardstick: float = 0.55
    promoted_yardstick: float = 0.15


class CutoffFigures(ReplyModel):
    """The same exercise at one cut-off, trained only on what lies before it."""

    cutoff: date
    until: date
    customers: int
    gini: Figure
    hit20: Figure
    cap20: Figure
    lead: BacktestLead | None


class SegmentFigures(ReplyModel):
    """Figures among some of the customers; `flags` say where the model fails.

    `behind_decayed`: significantly worse than decayed spend; `money_off`: total predicted below
    half or above twice the total spent; `range_off`: coverage off by more than .1 and by more
    than chance.
    """

    dimension: str
    segment: str
    name: LocalText
    customers: int
    bought: float
    predicted: float
    spent: float
    bias: Figure
    gini: Figure
    hit20: Figure
    coverage: Figure
    lead: BacktestLead | None
    flags: list[Flag]


class Surprise(ReplyModel):
    """The figures without the one customer that was misjudged most."""

    share_of_spend: Figure
    accuracy: BacktestAccuracy
    lead: BacktestLead | None


class AsKnown(ReplyModel):
    """The same exercise on what was known at the cut-off.

    Rows received on or after it are left out of training and features, declared backfills
    excepted; what customers then spent is the same. `refused` says why there are no figures.
    """

    customers: int
    rows_left_out: int
    accuracy: BacktestAccuracy | None = None
    lead: BacktestLead | None = None
    refused: str | None = None


class Agreement(ReplyModel):
    """How a model's tiers agree with people's: `nearer`, `farther` than the tier once held."""

    agree: int
    nearer: int
    farther: int


class Judgements(ReplyModel):
    """How models agree with people's decisions on disputed tiers that held at training.

    Of today's facts, and without the pins that make those decisions true. Who disputes is no
    random customer: this says what people think of the model, not how right it is.
    """

    programme: str
    customers: int
    model: Agreement
    live_version: str | None = None
    live: Agreement | None = None


class ModelCard(ReplyModel):
    """What the model is, made from what."""

    kind: str
    horizon_days: int
    horizon_reason: LocalText
    trained_from: date
    trained_until: date
    cutoffs: list[date]
    customers: int
    rows: int
    features: list[str] = Field(default_factory=list)
    feature_hash: str
    code_version: str | None = None


class BacktestDocument(ReplyModel):
    """How right a model was on customers and dates it had not seen.

    `kind`: `rehearsal` (at training, on the last horizon before it), `backtest` (asked for) or
    `realised` (its own predictions, after the horizon has passed). Lists are empty and parts
    null where they were not measured. `perfect_gains` is the curve nobody can beat.
    """

    format: int = FORMAT
    kind: Literal["rehearsal", "backtest", "realised"]
    model_version: str
    measured_at: datetime
    cutoff: date | None
    until: date | None
    currency: str | None = None
    customers: int
    buyers: int
    headline: LocalText
    contenders: list[Contender]
    perfect_gains: list[float] = Field(default_factory=list)
    coverage: Figure
    chance_error: Figure
    deciles: list[Decile] = Field(default_factory=list)
    chances: list[ChanceGroup] = Field(default_factory=list)
    confusion: list[ConfusionRow] = Field(default_factory=list)
    misses: Misses | None = None
    stability: list[CutoffFigures] = Field(default_factory=list)
    segments: list[SegmentFigures] = Field(default_factory=list)
    without_surprise: Surprise | None = None
    as_known: AsKnown | None = None
    indices: dict[str, JsonValue] | None = None
    judgements: Judgements | None = None
    warnings: list[str] = Field(default_factory=list)
    card: ModelCard
