"""Why a score is what it is: its parts on the log scale, grouped as people speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.scoring.domain.feature_words import FEATURE_WORDS, Past
from services.scoring.domain.features import FEATURES, Feature
from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.standing import Standing

MOST_REASONS: Final = 3
#: Below this a group moves the score by less than 5 %: not worth a sentence.
SMALLEST_REASON: Final = 0.05
_FAIR_SHARE: Final = 0.02
#: What pushes the other way is told too from this share of what is left in the end.
_MIXED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """What one feature adds to the log score, against the typical (median) customer."""

    feature: Feature
    value: float
    typical: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class PartGroup:
    """Features of one kind, the strongest first; `contribution` is their sum."""

    name: str
    contribution: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figure that shows a group's effect, and one of weight that pushes the other way."""

    shown: Part | None
    against: Part | None


class RestsOn(StrEnum):
    """What a tier rests on."""

    REACHED = "reached"
    #: Below the mark to enter, not below the one to leave.
    KEPT = "kept"
    #: Below the mark to leave, for fewer dates in a row than make it fall.
    FALLING = "falling"
    ENTRY = "entry"


def parts_of(
    columns: Sequence[int],
    contributions: Sequence[float],
    row: Sequence[float],
    typical: Sequence[float],
) -> list[Part]:
    """Name the contributions, in the order of FEATURES.

    `columns` are positions in FEATURES, with a contribution each; one that comes twice has two
    curves, which add up. `typical` may be empty where the model does not keep it.
    """
    sums: dict[int, float] = {}
    for column, contribution in zip(columns, contributions, strict=True):
        sums[column] = sums.get(column, 0.0) + contribution
    medians = dict(zip(columns, typical, strict=True)) if typical else {}
    return [
        Part(FEATURES[column], row[column], medians.get(column), sums[column])
        for column in sorted(sums)
    ]


def grouped(parts: Sequence[Part]) -> list[PartGroup]:
    """Put parts into their groups, the strongest first; names settle ties."""
    named: dict[str, list[Part]] = {}
    for part in parts:
        named.setdefault(part.feature.group, []).append(part)
    groups = [
        PartGroup(name, sum(part.contribution for part in members), tuple(_strongest(members)))
        for name, members in named.items()
    ]
    return sorted(groups, key=lambda group: (-abs(group.contribution), group.name))


def _strongest(parts: Sequence[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (-abs(part.contribution), part.feature.name))


def reasons(groups: Sequence[PartGroup]) -> list[PartGroup]:
    """Pick the groups that are worth a sentence, out of groups in their order."""
    return [group for group in groups if abs(group.contribution) >= SMALLEST_REASON][:MOST_REASONS]


def evidence(group: PartGroup, past: Past) -> Evidence:
    """Pick the figures that show what a group does, among those that are defined."""
    fitting = [part for part in group.parts if part.contribution * group.contribution > 0]
    against = [part for part in group.parts if part.contribution * group.contribution < 0]
    is_mixed = _weight(against) >= max(SMALLEST_REASON, _MIXED_SHARE * abs(group.contribution))
    return Evidence(
        shown=_clearest(fitting, past),
        against=_clearest(against, past) if is_mixed else None,
    )


def _clearest(parts: Sequence[Part], past: Past) -> Part | None:
    """Pick one of parts of the same sign, the strongest first.

    First one that people know and that can only push this way, if it has a fair share; then a
    weighted sum of that kind; then whatever there is.
    """
    words = FEATURE_WORDS
    defined = [part for part in parts if words[part.feature.name].is_defined(past)]
    fair = _FAIR_SHARE * _weight(parts)
    sure = [each for each in defined if each.feature.direction and abs(each.contribution) >= fair]
    plain = [part for part in sure if not words[part.feature.name].is_weighted]
    return next(iter(plain or sure or defined), None)


def _weight(parts: Sequence[Part]) -> float:
    return sum(abs(part.contribution) for part in parts)


def rests_on(standing: Standing, cuts: Cuts) -> RestsOn:
    """Say why the tier is held: its score now, or the rule that keeps it for a while."""
    if standing.rank == 0:
        return RestsOn.ENTRY
    if standing.score >= cuts.enter[standing.rank]:
        return RestsOn.REACHED
    return RestsOn.KEPT if standing.below == 0 else RestsOn.FALLING
