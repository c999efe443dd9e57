"""What must be read of customers before conditions can be decided: no more than they ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.scoring.domain.conditions.tree import (
    ANYWHERE,
    Condition,
    HasBeen,
    LastPerformed,
    Metric,
    Performed,
    Score,
    Tier,
    leaves_of,
)
from services.scoring.domain.conditions.vocabulary import COUNTED_EVENTS, ORDER


@dataclass(frozen=True, slots=True)
class Needs:
    """What bound conditions look at besides days, attributes and consents.

    `standing`: tiers or the score; `sales`: orders with their goods; `events`: kinds of events.
    """

    standing: bool = False
    sales: bool = False
    events: frozenset[str] = frozenset()


def needs_of(conditions: Iterable[Condition]) -> Needs:
    """Collect what bound conditions ask for."""
    leaves = [leaf for condition in conditions for leaf in leaves_of(condition)]
    asked = {
        leaf.event
        for leaf in leaves
        if isinstance(leaf, Performed | LastPerformed)
        and (leaf.event not in COUNTED_EVENTS or leaf.where != ANYWHERE)
    }
    categories = any(isinstance(leaf, Metric) and leaf.name == "categories" for leaf in leaves)
    return Needs(
        standing=any(map(_asks_standing, leaves)),
        sales=categories or ORDER in asked,
        events=frozenset(asked - {ORDER}),
    )


def _asks_standing(leaf: Condition) -> bool:
    if isinstance(leaf, HasBeen):
        return leaf.programme is not None
    return isinstance(leaf, Score | Tier)
