"""Who may put a model into force: the policy after training, and the order of a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.scoring.domain.life.gate import failed_words


class PromotionPolicy(StrEnum):
    """What follows a training whose gate is passed."""

    AUTO = "auto"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks for a promotion and why; `overrides` a failed gate, never a refused artefact."""

    actor: str = "tierline"
    reason: str = ""
    overrides: bool = False


def why_not(gate: dict[str, Any], policy: PromotionPolicy) -> str:
    """Say why a training's model does not take over; empty when it does."""
    failed = failed_words(gate)
    if failed:
        return "The promotion gate failed: " + " ".join(failed)
    if policy is PromotionPolicy.MANUAL:
        return "Promotion is manual: POST /v1/models/{version}/promote puts it into force."
    return ""
