"""Bodies that only scoring's own routes speak."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.contracts.common import LocalText
from shared.wire import ReplyModel, WireModel


class TrainRequest(WireModel):
    """Training has no knobs: the defaults are the ones that were measured."""


class ModelSummary(ReplyModel):
    """A model and what was measured of it on customers or dates it had not seen."""

    model_version: str
    kind: str
    created_at: datetime
    horizon_days: int
    customers: int
    metrics: dict[str, float]
    warnings: list[str]
    live_in: list[str]


class ModelList(ReplyModel):
    """Models, the newest first."""

    items: list[ModelSummary]


class RescoreRequest(WireModel):
    """Profiles whose facts have changed."""

    profile_ids: list[str] = Field(min_length=1, max_length=1000)


class RescoreAnswer(ReplyModel):
    """How many were asked for; those whose decision was fresh already were left alone."""

    asked: int


class ProgrammeTier(ReplyModel):
    """One tier of a programme."""

    key: str
    rank: int
    name: LocalText


class ProgrammeSummary(ReplyModel):
    """A programme at its newest published version."""

    programme: str
    version: int
    audience: str
    is_default: bool
    release: str | None
    tiers: list[ProgrammeTier]


class ProgrammeList(ReplyModel):
    """The published programmes by key."""

    items: list[ProgrammeSummary]


class HistoryItem(ReplyModel):
    """One change of what was told."""

    history_id: UUID
    programme: str
    tier_from: str | None
    tier_to: str
    reason: str
    at: datetime
    known_at: datetime
    release: str
    customer_version: int


class HistoryList(ReplyModel):
    """What was told, the newest first."""

    items: list[HistoryItem]
