"""What a review looks at: figures of a quarter, by programme and tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.reviews.intervals import Sums

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A tier of a programme."""

    programme: str
    tier: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Order days of those who held a tier when a quarter began, and when the one before did.

    Two groups, not one followed: whoever was picked for having bought much buys less afterwards.
    """

    place: Place
    now: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Answers by the tier held when they were given: csat 1-5, ces 1-7, nps as -100, 0 or 100."""

    place: Place
    kind: str
    now: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Service:
    """Cases of a tier opened in each quarter, and how many broke a promise of the service level."""

    place: Place
    cases: int
    breached: int
    cases_before: int = 0
    breached_before: int = 0


@dataclass(frozen=True, slots=True)
class BenefitUse:
    """A benefit that is redeemed: who held one of its tiers, and who of them used it."""

    programme: str
    benefit: str
    name: Words
    entitled: int
    users: int
    entitled_before: int = 0
    users_before: int = 0


@dataclass(frozen=True, slots=True)
class PlaybookOutcome:
    """Tasks of a playbook closed in each quarter; cost in minor units."""

    playbook: str
    name: Words
    tried: int
    accepted: int
    cost: int
    tried_before: int = 0
    accepted_before: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment that has come to a verdict on its primary metric."""

    experiment: str
    name: Words
    about: str
    metric: str
    verdict: str
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Flow:
    """Who came into a tier above the lowest in a quarter, and who left it within a year.

    `days_known`: for how long the tiers of the programme have been recorded.
    """

    place: Place
    members: int
    entered: int
    left_in_year: int
    days_known: int
    members_before: int = 0
    entered_before: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """What serving a tier cost in each quarter, and the margin it brought; minor units."""

    place: Place
    cost: int
    margin: int
    cost_before: int = 0
    margin_before: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it; `names` are those of programmes' tiers, `quarter` and `before` the dates."""

    quarter: Period
    before: Period
    currency: str
    names: Mapping[Place, Words] = field(default_factory=dict)
    activities: Sequence[Activity] = ()
    satisfaction: Sequence[Satisfaction] = ()
    services: Sequence[Service] = ()
    benefits: Sequence[BenefitUse] = ()
    playbooks: Sequence[PlaybookOutcome] = ()
    trials: Sequence[Trial] = ()
    flows: Sequence[Flow] = ()
    accounts: Sequence[Account] = ()
