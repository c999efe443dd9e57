"""How the shop does: KPIs, their definitions, and targets, as feedback answers them."""

from datetime import date, datetime
from typing import Final, Literal

from pydantic import Field

from shared.contracts.common import LocalText, Money
from shared.wire import ReplyModel, ShortText, WireModel

KpiUnit = Literal["share", "money", "minutes", "score", "count"]
KpiStatus = Literal["on_track", "behind", "missed", "no_data"]
Better = Literal["up", "down", "neither"]

EXAMPLE_TARGET: Final = {
    "kpi": "repeat_rate",
    "slice": "all",
    "period": "2026-Q4",
    "value": 0.35,
    "owner": "Li Wei",
    "note": "Autumn plan",
}


class KpiDefinition(ReplyModel):
    """A KPI: value = factor x (numerator / denominator - less); `denominator` null: a sum."""

    key: str
    name: LocalText
    words: LocalText
    unit: KpiUnit
    better: Better
    #: flow: days add up; level: as of the last day of a period
    kind: Literal["flow", "level"]
    numerator: str
    denominator: str | None
    factor: float
    less: float
    is_median: bool
    #: days that the value of a date looks back upon
    window_days: int | None
    #: kinds of slices beside `all`
    cuts: list[str]
    #: counted from today's rows at each read; else known as of the last night
    is_live: bool


class KpiDefinitions(ReplyModel):
    """Every KPI there is."""

    items: list[KpiDefinition]


class KpiFigure(ReplyModel):
    """A value and what it was made of.

    `numerator` and `denominator` of money are in minor units; `as_of_date` of a level: its day.
    """

    value: float | None
    money: Money | None = None
    numerator: int
    denominator: int | None
    as_of_date: date | None = None


class KpiPoint(ReplyModel):
    """A part of the dates asked for; `target` where one was set for exactly this period."""

    period: str
    first: date
    last: date
    figure: KpiFigure | None
    target: float | None = None
    status: KpiStatus | None = None


class KpiAim(ReplyModel):
    """The target of the shortest period around the last date, and how that period stands."""

    period: str
    value: float
    owner: str
    note: str
    version: int
    first: date
    last: date
    actual: KpiFigure | None


class KpiItem(ReplyModel):
    """A KPI of a slice; `no_data` says why `actual` has no value."""

    key: str
    name: LocalText
    slice: str
    unit: KpiUnit
    better: Better
    actual: KpiFigure | None
    no_data: LocalText | None = None
    #: of a figure as of the last night: the days it looks back upon, 0 for that night alone;
    #: null where it is of the dates that were asked for
    looks_back_days: int | None = None
    #: of the dates just before, as many as were asked for
    previous: KpiFigure | None
    change: float | None
    target: KpiAim | None
    #: of the target; null without one
    status: KpiStatus | None
    points: list[KpiPoint]


class KpiReport(ReplyModel):
    """KPIs over some dates; what adds up is live, what counts customers is as of the last night."""

    first: date
    last: date
    grain: str
    today: date
    as_of: datetime
    #: null: nothing was rolled up yet
    rolled_up_to: date | None
    rolled_up_at: datetime | None
    currency: str | None
    #: false while today's rows are too many to be counted in time: then its flows are missing
    is_today_counted: bool
    items: list[KpiItem]


class TargetRequest(WireModel):
    """What a KPI of a slice should be in a period (2026, 2026-Q4, 2026-11, 2026-W47, a date).

    Shares are fractions of 1, money whole units of the shop's currency.
    """

    kpi: str = Field(min_length=1, max_length=64)
    slice: str = Field(default="all", min_length=1, max_length=200)
    period: str = Field(min_length=4, max_length=10)
    value: float = Field(ge=-1e15, le=1e15, allow_inf_nan=False)
    owner: ShortText
    note: ShortText | None = None


class TargetAnswer(ReplyModel):
    """A target as it stands; its ETag is `version`."""

    kpi: str
    slice: str
    period: str
    value: float
    owner: str
    note: str
    version: int
    changed_by: str
    updated_at: datetime
