"""What a review comes to: weak strategies, and questions it has too little data for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: Bilingual names of what words speak of: {"tier": {"en", "zh"}}.
Names = Mapping[str, Mapping[str, str]]


class Code(StrEnum):
    """Which weakness was found."""

    FREQUENCY_DROP = "frequency_drop"
    FALLING_SATISFACTION = "falling_satisfaction"
    BREACHED_SERVICE = "breached_service_level"
    UNUSED_BENEFIT = "unused_benefit"
    WEAK_PLAYBOOK = "playbook_without_effect"
    NO_EFFECT = "experiment_without_effect"
    NOBODY_ENTERS = "nobody_reaches_tier"
    NOBODY_LEAVES = "nobody_leaves_tier"
    COST_ABOVE_RETURN = "cost_above_return"


@dataclass(frozen=True, slots=True)
class Finding:
    """A weak strategy and the figures that show it; `subject` is a benefit, playbook or trial.

    Money in figures is in minor units. `names` are bilingual names of what the words speak of.
    """

    code: Code
    programme: str | None
    tier: str | None
    subject: str | None
    figures: Mapping[str, Any]
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TooFew:
    """A question that the data cannot answer: it has `have` of what needs `needed`."""

    code: Code
    programme: str | None
    tier: str | None
    subject: str | None
    have: int
    needed: int
    names: Names = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a review comes to: findings, and what there was too little to judge by."""

    findings: Sequence[Finding]
    too_few: Sequence[TooFew]
