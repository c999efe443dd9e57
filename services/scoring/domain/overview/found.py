"""What is counted of the whole base, between the statements and the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Worth:
    """What a season-free score of a value programme is worth today, in minor units."""

    programme: str | None
    of_score: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """Customers of a tier in a stage on a date; `expected` in minor units."""

    day: date
    tier: str
    lifecycle: str
    customers: int
    expected: int | None
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Night:
    """The date flows lead up to, when it ended, and the spans: (days, when the span began)."""

    day: date
    ended_at: datetime
    spans: Sequence[tuple[int, datetime]]


@dataclass(frozen=True, slots=True)
class Flow:
    """Customers by the tier (empty: none yet) `days` before the end of a date, and by that then."""

    day: date
    days: int
    tier_from: str
    tier_to: str
    customers: int
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """How many rose, fell and came in during one minute."""

    minute: datetime
    up: int
    down: int
    entered: int


@dataclass(frozen=True, slots=True)
class Change:
    """One customer's change of tier; `customer_id` is None for who has none of ours."""

    customer_id: str | None
    tier_from: str | None
    tier_to: str
    way: Literal["up", "down", "entered"]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Customers' changes that wait to be re-scored, in batches; counted up to a bound."""

    batches: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that decides the base anew, waiting or running."""

    job_id: str
    kind: str
    status: str
    progress: float
    message: str


@dataclass(frozen=True, slots=True)
class InForce:
    """What of a programme is in force, and since when."""

    programme: str
    release_id: int
    version: int
    model_version: str | None
    reference_date: date
    since: datetime


@dataclass(frozen=True, slots=True)
class StoredConcentration:
    """What was found on a date."""

    day: date
    programme: str
    document: Mapping[str, Any]
    counted_at: datetime
