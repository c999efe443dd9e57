"""Mark every date of one customer with the classes that its facts reach and keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.scoring.domain.conditions.facts import CustomerFacts, Sale
from services.scoring.domain.conditions.packed_days import days_of
from services.scoring.domain.days import CustomerDays
from services.scoring.domain.tiers.classes import ClassRelease, Look
from services.scoring.domain.tiers.decision import Customer


def marks_of(
    release: ClassRelease,
    customer: Customer,
    days: CustomerDays,
    place: int,
    scores: Sequence[tuple[date, float]],
) -> tuple[list[tuple[date, float]], Look]:
    """Mark each scored date of the customer at a place of `days`; give the look at the last one.

    What they do besides buying is blank in `days` where consent was withdrawn.
    """
    facts = CustomerFacts(
        profile_id=customer.profile_id,
        today=scores[0][0],
        days=days_of(days, place),
        sales=[Sale(day, "", None, frozenset({(name, "")})) for day, name in customer.categories],
    )
    marked: list[tuple[date, float]] = []
    look = release.board.look_at(facts)
    for day, score in scores:
        look = release.board.look_at(replace(facts, today=day, score=score))
        marked.append((day, look.mark()))
    return marked, look
