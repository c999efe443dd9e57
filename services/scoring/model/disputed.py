"""The tiers a model would name for some customers, by their place in the whole base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features import features
from services.scoring.domain.life.judgements import Agreement, Judgement, agreement_of
from services.scoring.model.curves import FloatArray
from services.scoring.model.learning.samples import seen_before
from services.scoring.model.value_model import ValueModel

#: So many draws of the base place a customer within half a per cent.
MOST_COMPARED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Disputed:
    """Judged customers with their days, in the same order, before the day number `cutoff`.

    `enter_shares` are the shares of the base that reach each tier or a higher one.
    """

    judgements: Sequence[Judgement]
    days: CustomerDays
    base: CustomerDays
    cutoff: int
    enter_shares: Sequence[float]


def agreement_with(model: ValueModel, disputed: Disputed) -> Agreement:
    """Count how a model agrees with people today, on all facts before the cut-off."""
    start = day_number(model.manifest.trained_from)
    known = seen_before(disputed.base, disputed.cutoff)
    if len(known) > MOST_COMPARED:
        known = np.random.default_rng(disputed.cutoff).choice(known, MOST_COMPARED, replace=False)
    X = features(disputed.base, disputed.cutoff, start, customers=known, months=model.months)
    theirs = features(disputed.days, disputed.cutoff, start, months=model.months)
    told = ranks_among(model.raw_score(theirs), model.raw_score(X), disputed.enter_shares)
    return agreement_of(told, disputed.judgements)


def ranks_among(scores: FloatArray, base: FloatArray, enter_shares: Sequence[float]) -> list[int]:
    """Give the rank of each score (n,) among those of a base (m,): how many shares it is within."""
    ordered = np.sort(base)
    above = (len(ordered) - np.searchsorted(ordered, scores, side="right")) / len(ordered)
    reached = [above < share for share in enter_shares]
    ranks: list[int] = np.sum(reached, axis=0).tolist()
    return ranks
