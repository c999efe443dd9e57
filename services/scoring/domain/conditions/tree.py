"""What a condition is, once read: typed nodes that cannot say what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

Scalar = str | Decimal | bool
Number = int | float


class Op(StrEnum):
    """How a number is compared; `between` includes both ends."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"


class Match(StrEnum):
    """How an attribute is compared; a missing one never matches, not even `ne`."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"
    EXISTS = "exists"
    CONTAINS = "contains"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Window:
    """Business dates that count: the last so many up to today, [start, end], or all of them."""

    last_days: int | None = None
    start: date | None = None
    end: date | None = None


LIFETIME = Window()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number against one bound, or two for `between`."""

    op: Op
    value: Number
    high: Number | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every item holds; of none: true."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One item holds; of none: false."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold."""

    item: Condition


NEVER = AnyOf(())


@dataclass(frozen=True, slots=True)
class Attribute:
    """A profile attribute at a path such as ("geography", "region")."""

    path: tuple[str, ...]
    match: Match
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A sum over days: money in minor units, quantity in thousandths, the rest counts."""

    name: str
    window: Window
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Where:
    """Which orders: values that may each be any of some; empty asks nothing."""

    channel: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    sku: tuple[str, ...] = ()

    @property
    def asks_lines(self) -> bool:
        """Tell whether lines of orders must be looked at."""
        return bool(self.category or self.sku)


ANYWHERE = Where()


@dataclass(frozen=True, slots=True)
class Performed:
    """An event happened at least so often; `where` narrows orders."""

    event: str
    where: Where
    window: Window
    times: int


@dataclass(frozen=True, slots=True)
class LastPerformed:
    """Days since an event happened last, 0 today; never holds for who never did."""

    event: str
    where: Where
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Score:
    """The live default model's score, relative to the base's mean of the date."""

    comparison: Comparison


class By(StrEnum):
    """What a share is a share of."""

    CUSTOMERS = "customers"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Rank:
    """Among the top share by a score or metric; its cut is frozen, see bind.py.

    `top` is a part of 10,000. By value: the customers before this one hold less than that share.
    """

    of: str
    window: Window
    top: int
    by: By


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The stage of the customer's life is one of these."""

    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """The tier held in a programme is one of these, or `at_least` this one."""

    programme: str
    keys: tuple[str, ...] = ()
    at_least: str | None = None


@dataclass(frozen=True, slots=True)
class InSegment:
    """The customer is in another segment."""

    key: str


@dataclass(frozen=True, slots=True)
class HasBeen:
    """A stage of life, or a tier of a programme, has lasted for so many days."""

    at_least_days: int
    stage: str | None = None
    programme: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """The last word on a purpose is yes (`is_granted`) or no; who said nothing has neither."""

    purpose: str
    is_granted: bool


@dataclass(frozen=True, slots=True)
class RandomBucket:
    """The customer falls into the first `parts` of 10,000 by a hash of seed and profile."""

    parts: int
    seed: str


Condition = (
    All
    | AnyOf
    | Not
    | Attribute
    | Metric
    | Performed
    | LastPerformed
    | Score
    | Rank
    | Lifecycle
    | Tier
    | InSegment
    | HasBeen
    | Consent
    | RandomBucket
)


def leaves_of(condition: Condition) -> Iterator[Condition]:
    """Yield what a condition is made of, without the logic between."""
    match condition:
        case All(items) | AnyOf(items):
            for item in items:
                yield from leaves_of(item)
        case Not(item):
            yield from leaves_of(item)
        case _:
            yield condition


def size_of(condition: Condition) -> int:
    """Count the nodes."""
    match condition:
        case All(items) | AnyOf(items):
            return 1 + sum(map(size_of, items))
        case Not(item):
            return 1 + size_of(item)
        case _:
            return 1
