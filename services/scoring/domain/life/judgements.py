"""What people decided about disputed tiers, and how a model agrees with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Judgement:
    """A disputed tier that a person decided; ranks in the programme of today, 0 the lowest.

    `held` is None where the tier of that time is none of the programme any more.
    """

    profile_id: UUID
    held: int | None
    judged: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `customers` judged: the model names the same tier, or one nearer or farther than held."""

    customers: int
    agree: int
    nearer: int
    farther: int


def judgements_of(
    rows: Iterable[tuple[UUID, str | None, str]], ladder: Sequence[str]
) -> list[Judgement]:
    """Place decisions (profile, tier held, tier judged) on a ladder of tier keys, lowest first.

    A decision for a tier that is gone says nothing any more and is left out.
    """
    ranks = {key: rank for rank, key in enumerate(ladder)}
    return [
        Judgement(profile_id, ranks.get(held or ""), ranks[judged])
        for profile_id, held, judged in rows
        if judged in ranks
    ]


def agreement_of(told: Sequence[int], judgements: Sequence[Judgement]) -> Agreement:
    """Count how the ranks a model tells agree with what was judged, in the same order."""
    pairs = list(zip(told, judgements, strict=True))
    steps = [
        abs(rank - each.judged) - abs(each.held - each.judged)
        for rank, each in pairs
        if each.held is not None
    ]
    return Agreement(
        customers=len(pairs),
        agree=sum(rank == each.judged for rank, each in pairs),
        nearer=sum(step < 0 for step in steps),
        farther=sum(step > 0 for step in steps),
    )
