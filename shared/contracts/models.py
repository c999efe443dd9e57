"""The life of value models: trained, judged by a gate, promoted, rolled back."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import JsonValue, model_validator

from shared.contracts.common import LocalText
from shared.fields import fault
from shared.wire import ReplyModel, ShortText, WireModel

ModelStatus = Literal["candidate", "shadow", "live", "retired", "rejected"]


class TrainRequest(WireModel):
    """Training has no knobs: the defaults are the ones that were measured."""


class PromoteRequest(WireModel):
    """Nothing, or why a model is promoted although its gate failed; kept in its log."""

    override: bool = False
    reason: ShortText | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.override and self.reason is None:
            raise fault("missing", "an override needs a reason")
        return self


class RollbackRequest(WireModel):
    """Why the release in force is left; kept in the log of both models."""

    reason: ShortText


class GateCheck(ReplyModel):
    """One question of the promotion gate; one that does not block is a warning."""

    name: str
    passed: bool
    blocks: bool
    figure: float | None
    limit: float | None
    words: LocalText


class GateHoldout(ReplyModel):
    """The days [cutoff, until) on which models were compared, and whether they were unseen."""

    cutoff: date
    until: date
    customers: int
    buyers: int
    unseen: bool


class GateVerdict(ReplyModel):
    """The promotion gate's verdict on a model, against the one that was in force then."""

    passed: bool
    candidate: str
    current: str | None
    holdout: GateHoldout
    checks: list[GateCheck]


class ModelSummary(ReplyModel):
    """A model and what was measured of it on customers or dates it had not seen."""

    model_version: str
    kind: str
    status: ModelStatus
    created_at: datetime
    horizon_days: int
    customers: int
    metrics: dict[str, float]
    warnings: list[str]
    live_in: list[str]
    gate: GateVerdict | None


class ModelList(ReplyModel):
    """Models, the newest first."""

    items: list[ModelSummary]


class ModelHappening(ReplyModel):
    """One line of a model's life: what happened, who had it happen, and why."""

    at: datetime
    what: str
    actor: str
    reason: str
    details: dict[str, JsonValue]


class ModelDetail(ModelSummary):
    """A model with its manifest, the gate's verdict and its life, the latest first.

    `trained_from`..`trained_until` is the data window; `code_version` names package and sources,
    `feature_hash` the feature definition, `sha256` the artefact.
    """

    trained_from: date
    trained_until: date
    cutoffs: list[date]
    rows: int
    parity: float
    code_version: str
    feature_hash: str
    sha256: str
    log: list[ModelHappening]


class RolledBackRelease(ReplyModel):
    """One programme's way back."""

    programme: str
    release: str
    model_version: str
    from_release: str
    from_model_version: str


class RollbackAnswer(ReplyModel):
    """What is in force again; the job brings older decisions up to date, reads do not wait."""

    releases: list[RolledBackRelease]
    job_id: UUID
