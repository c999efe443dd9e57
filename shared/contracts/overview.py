"""The whole base in short: tiers, stages, flows, changes, concentration, freshness."""

from datetime import date, datetime
from typing import Literal

from shared.contracts.common import LocalText, Money
from shared.wire import ReplyModel

Grain = Literal["day", "week", "month"]
Way = Literal["up", "down", "entered"]


class Tally(ReplyModel):
    """Customers, and what they are expected to spend over the model's horizon."""

    customers: int
    #: null where no model was in force, or where a past date was counted from a timeline
    expected: Money | None


class TierTally(Tally):
    """One tier; rank 0 is everybody's."""

    tier: str
    rank: int
    name: LocalText


class StageTally(Tally):
    """One stage of life; null where a past date was counted from a timeline."""

    lifecycle: str | None


class CellTally(Tally):
    """One tier and stage."""

    tier: str
    lifecycle: str | None


class Distribution(ReplyModel):
    """Who holds which tier in which stage; empty until the base was counted for the first time."""

    programme: str
    business_date: date | None
    counted_at: datetime | None
    customers: int
    tiers: list[TierTally]
    stages: list[StageTally]
    cells: list[CellTally]


class DistributionPoint(ReplyModel):
    """Customers by tier and by stage at the end of a date; `stages` is empty where not known."""

    date: date
    customers: int
    tiers: dict[str, int]
    stages: dict[str, int]
    expected: dict[str, Money]


class DistributionHistory(ReplyModel):
    """One point a day, or the last date that was counted of each week or month."""

    programme: str
    first: date
    last: date
    grain: Grain
    points: list[DistributionPoint]


class MigrationCell(ReplyModel):
    """Customers who went from one tier (null: had none yet) to one."""

    tier_from: str | None
    tier_to: str
    customers: int


class Migration(ReplyModel):
    """From the end of `first` to the end of `last`: the counted span nearest to what was asked."""

    programme: str
    first: date | None
    last: date | None
    days: int | None
    #: spans that are counted each night
    spans: list[int]
    counted_at: datetime | None
    cells: list[MigrationCell]


class ChangesOfMinute(ReplyModel):
    """How many rose, fell and came in."""

    minute: datetime
    up: int
    down: int
    entered: int


class TierChange(ReplyModel):
    """One change of tier, and why."""

    customer_id: str | None
    tier_from: str | None
    tier_to: str
    way: Way
    reason: str
    text: LocalText
    at: datetime


class TierChanges(ReplyModel):
    """Changes of the last minutes (those without any are left out), and the last 20 up or down."""

    programme: str
    first: datetime
    as_of: datetime
    minutes: list[ChangesOfMinute]
    last_changes: list[TierChange]


class TopShare(ReplyModel):
    """The share of the value that the best `percent` of customers hold."""

    percent: int
    share: float | None


class TierShare(ReplyModel):
    """What the customers of a tier hold of the value."""

    tier: str
    customers: int
    share: float | None


class Curve(ReplyModel):
    """`curve`: what the best 0, 1, ... 100 % of customers hold; empty where nothing is held."""

    customers: int
    gini: float | None
    curve: list[float]
    top: list[TopShare]
    tiers: list[TierShare]


class Concentration(ReplyModel):
    """How unevenly expected value and net spend (365 days, debts as 0) lie among customers."""

    programme: str | None
    business_date: date | None
    counted_at: datetime | None
    expected: Curve | None
    net: Curve | None


class ModelInShort(ReplyModel):
    """The model in force; `drift` as of GET /v1/models/drift.

    `gini_of_best_rule`: of the best other method that was measured beside it, whichever it is.
    `spent_per_expected`: what was spent for each 1 expected on dates it had not seen;
    `is_level_held`: whether that is as close as the gate before going live asks for.
    """

    version: str | None
    trained_until: date | None
    gini: float | None
    gini_of_best_rule: float | None
    drift: str | None
    spent_per_expected: float | None = None
    is_level_held: bool | None = None
    sentence: LocalText


class ReleaseInForce(ReplyModel):
    """What of a programme is in force."""

    programme: str
    release: str
    version: int
    model_version: str | None
    since: datetime


class Rescoring(ReplyModel):
    """Work that decides customers anew: jobs, and changes that wait (counted up to 10,000)."""

    is_under_way: bool
    waiting: int
    oldest_s: float | None
    jobs: list[str]


class Status(ReplyModel):
    """How fresh everything is; null where there was none, or none for a day."""

    as_of: datetime
    business_date: date
    last_event_at: datetime | None
    last_decision_at: datetime | None
    last_sweep_at: datetime | None
    releases: list[ReleaseInForce]
    model: ModelInShort
    rescoring: Rescoring
