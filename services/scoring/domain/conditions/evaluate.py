"""Decide a condition for one customer; queries/conditions/ decides the same for all in SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import singledispatch
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.scoring.domain.conditions.attribute_match import is_match
from services.scoring.domain.conditions.facts import CustomerFacts
from services.scoring.domain.conditions.tree import (
    ANYWHERE,
    LIFETIME,
    All,
    AnyOf,
    Attribute,
    Comparison,
    Condition,
    Consent,
    HasBeen,
    LastPerformed,
    Lifecycle,
    Metric,
    Not,
    Number,
    Op,
    Performed,
    RandomBucket,
    Score,
    Tier,
)
from services.scoring.domain.conditions.vocabulary import (
    BEHAVIOUR_METRICS,
    BUCKETS,
    COUNTED_EVENTS,
    METRICS,
)
from services.scoring.domain.days import day_number
from services.scoring.domain.seen.life_stages import life_course
from services.scoring.domain.seen.lifecycle import lifecycle


class Unbound(LookupError):
    """A condition refers to something that was not put in before: see bind.py."""


def evaluate(condition: Condition, facts: CustomerFacts) -> bool:
    """Decide a bound condition; what is missing matches nothing. Raises Unbound."""
    match condition:
        case All(items):
            return all(evaluate(item, facts) for item in items)
        case AnyOf(items):
            return any(evaluate(item, facts) for item in items)
        case Not(item):
            return not evaluate(item, facts)
        case _:
            return _leaf(condition, facts)


@singledispatch
def _leaf(condition: Condition, facts: CustomerFacts) -> bool:
    raise Unbound(condition)


_leaf.register(Attribute, lambda condition, facts: is_match(condition, facts.attributes))


@_leaf.register
def _(condition: Metric, facts: CustomerFacts) -> bool:
    return holds(condition.comparison, facts.total(condition.name, condition.window))


@_leaf.register
def _(condition: Performed, facts: CustomerFacts) -> bool:
    happened = facts.times(condition.event, condition.where, condition.window)
    return len(happened) >= condition.times


@_leaf.register
def _(condition: Score, facts: CustomerFacts) -> bool:
    return facts.score is not None and holds(condition.comparison, facts.score)


@_leaf.register
def _(condition: Lifecycle, facts: CustomerFacts) -> bool:
    return lifecycle(facts.order_dates(), facts.today) in condition.stages


@_leaf.register
def _(condition: Tier, facts: CustomerFacts) -> bool:
    if condition.at_least is not None:
        raise Unbound(condition)
    held = facts.tiers.get(condition.programme)
    return held is not None and held.key in condition.keys


@_leaf.register
def _(condition: Consent, facts: CustomerFacts) -> bool:
    return facts.consents.get(condition.purpose) is condition.is_granted


@_leaf.register
def _(condition: RandomBucket, facts: CustomerFacts) -> bool:
    return bucket_of(facts.profile_id, condition.seed) < condition.parts


_COMPARE: Final[Mapping[Op, Callable[[Number, Number], bool]]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LTE: operator.le,
    Op.GT: operator.gt,
    Op.GTE: operator.ge,
}


def holds(comparison: Comparison, value: Number) -> bool:
    """Compare a number."""
    if comparison.high is not None:
        return comparison.value <= value <= comparison.high
    return _COMPARE[comparison.op](value, comparison.value)


def bucket_of(profile_id: UUID, seed: str) -> int:
    """Give a customer's bucket of 10,000 under a seed: the first 7 bytes of a SHA-256."""
    digest = sha256(f"{seed}:{profile_id}".encode()).digest()
    return int.from_bytes(digest[:7], "big") % BUCKETS


@_leaf.register
def _(condition: LastPerformed, facts: CustomerFacts) -> bool:
    last = _last_day(condition, facts)
    return last is not None and holds(condition.comparison, day_number(facts.today) - last)


def _last_day(condition: LastPerformed, facts: CustomerFacts) -> int | None:
    event, where = condition.event, condition.where
    metric = COUNTED_EVENTS.get(event)
    if metric is None or where != ANYWHERE:
        return max(facts.times(event, where, LIFETIME), default=None)
    if metric in BEHAVIOUR_METRICS and facts.is_masked:
        return None
    column = METRICS[metric][0]
    return None if column is None else facts.days.last_with(column, day_number(facts.today))


@_leaf.register
def _(condition: HasBeen, facts: CustomerFacts) -> bool:
    since: date | None = None
    if condition.stage is not None:
        course = life_course(facts.order_dates(), facts.today)
        if course.stages and course.present == condition.stage:
            since = course.stages[-1].since
    elif condition.programme is not None:
        since = _held_since(condition.programme, condition.tier, facts)
    return since is not None and since + timedelta(days=condition.at_least_days) <= facts.today


def _held_since(programme: str, tier: str | None, facts: CustomerFacts) -> date | None:
    held = facts.tiers.get(programme)
    return held.since if held is not None and held.key == tier else None


def members_of(conditions: Mapping[str, Condition], facts: CustomerFacts) -> Sequence[str]:
    """Name the conditions that hold for a customer, in the order of their names."""
    return [key for key in sorted(conditions) if evaluate(conditions[key], facts)]
