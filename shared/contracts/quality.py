"""How good what each source sends is (GET /v1/quality)."""

from datetime import date, datetime
from typing import Literal

from shared.contracts.common import LocalText
from shared.contracts.sources import Grade
from shared.wire import ReplyModel


class ItemCounts(ReplyModel):
    """What became of the items received in the window; exact."""

    received: int
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int


class GradesAnswer(ReplyModel):
    """A grade a dimension, null where there is too little to judge."""

    validity: Grade | None
    identity: Grade | None
    detail: Grade | None
    time: Grade | None


class Completeness(ReplyModel):
    """The share of purchases, and of their lines, that say it; null without any."""

    customer: float | None
    store: float | None
    category: float | None
    cost: float | None


class Lateness(ReplyModel):
    """Seconds from happening to reception that 50, 90 and 99 of 100 events do not exceed."""

    p50: float
    p90: float
    p99: float


class Freshness(ReplyModel):
    """When a source was last heard of; silent: for much longer than it usually pauses."""

    last_event_at: datetime | None
    usual_gap_s: float | None
    is_silent: bool


class ReturnShares(ReplyModel):
    """How many returns there were, and for how many no or not enough goods were found."""

    returns: int
    orphan: float | None
    over_return: float | None
    unmatched_return: float | None


class QualityReport(ReplyModel):
    """How good what one source sends is; `observed_events`: how many of its newest were read."""

    source: str
    grade: Grade | None
    grades: GradesAnswer
    items: ItemCounts
    rejected_by_reason: dict[str, int]
    observed_events: int
    completeness: Completeness
    anonymous_share: float | None
    time_suspect_share: float | None
    lateness_s: Lateness | None
    freshness: Freshness
    returns: ReturnShares


class HeldDownBy(ReplyModel):
    """The source and the dimension that keep the grade from being better."""

    source: str
    dimension: Literal["validity", "identity", "detail", "time"]


class QualitySummary(ReplyModel):
    """How good the data of the whole shop is: the worst source that brings 5 % or more decides."""

    grade: Grade | None
    word: LocalText
    sentence: LocalText
    held_down_by: HeldDownBy | None = None
    sources: int
    judged_sources: int
    silent_sources: list[str]
    last_event_at: datetime | None = None
    as_of: datetime


class QualityDay(ItemCounts):
    """What became of the items received on one business date; exact."""

    day: date
