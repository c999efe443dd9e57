"""Gauge a base for the ranks that conditions ask for, and cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.conditions.facts import CustomerFacts, Sale
from services.scoring.domain.conditions.packed_days import days_of
from services.scoring.domain.conditions.tree import By, Rank
from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features import features
from services.scoring.domain.tiers.classes import ClassProgramme, value_cut
from services.scoring.domain.tiers.cuts import share_cut
from services.scoring.domain.tiers.decision import Customer
from services.scoring.domain.tiers.first_decisions import AsOf
from services.scoring.domain.tiers.inputs import order_counts

SCORE = "score"


@dataclass(frozen=True, slots=True)
class Gauged:
    """Customers with an order: raw scores (n,), and totals (n, ranks), zeros for ranks by score."""

    raw: NDArray[np.float64]
    totals: NDArray[np.int64]


def gauge(
    customers: Sequence[Customer], days: CustomerDays, as_of: AsOf, ranks: Sequence[Rank]
) -> Gauged:
    """Score customers with an order by a date, and total what ranks are of."""
    counts = order_counts(days, as_of.today)
    who = np.array([place for place, count in enumerate(counts) if count], dtype=np.int64)
    model, start = as_of.model, as_of.history_start
    X = features(
        days,
        day_number(as_of.today) + 1,
        start,
        customers=who,
        columns=model.columns,
        months=model.months,
    )
    totals = [_totals(customers[place], days, place, as_of, ranks) for place in who.tolist()]
    return Gauged(
        model.raw_score(X), np.array(totals, dtype=np.int64).reshape(len(who), len(ranks))
    )


def _totals(
    customer: Customer, days: CustomerDays, place: int, as_of: AsOf, ranks: Sequence[Rank]
) -> list[int]:
    facts = CustomerFacts(
        profile_id=customer.profile_id,
        today=as_of.today,
        days=days_of(days, place),
        sales=[Sale(day, "", None, frozenset({(name, "")})) for day, name in customer.categories],
    )
    return [0 if rank.of == SCORE else facts.total(rank.of, rank.window) for rank in ranks]


def class_cuts(
    programme: ClassProgramme, gauged: Sequence[Gauged], level: float
) -> dict[Rank, float]:
    """Cut a base at every rank that a programme asks for; the population has bought."""
    ranks = programme.ranks_asked
    raw = np.concatenate([some.raw for some in gauged])
    totals = np.concatenate([some.totals for some in gauged])
    cuts: dict[Rank, float] = {}
    for place, rank in enumerate(ranks):
        numbers = (raw / level if rank.of == SCORE else totals[:, place]).tolist()
        share = rank.top / 10_000
        cuts[rank] = (
            value_cut(sorted(numbers, reverse=True), share)
            if rank.by is By.VALUE
            else share_cut(sorted(numbers), share)
        )
    return cuts
