"""Everything a deck shows, as figures: no HTTP, no words of its own, no layout.

A part is None where the service that knows it did not answer; empty where there is nothing yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.console.decks.care_data import (
    CaseFigures,
    Effort,
    Review,
    Survey,
    Trial,
    Voices,
    WinBack,
)
from services.console.decks.words import Words


@dataclass(frozen=True, slots=True)
class Point:
    """A KPI in one month of the trend; `first` is its first day."""

    first: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Aim:
    """What a KPI should be in a period, and whose it is; `status` as feedback judges it."""

    period: str
    value: float
    owner: str
    actual: float | None
    status: str
    #: up to when `actual` is told, and from how many
    last: date | None = None
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI of a slice over the dates of the deck; shares lie in 0..1, money in major units."""

    key: str
    name: Words
    slice: str
    unit: str
    better: str
    value: float | None
    previous: float | None = None
    no_data: Words | None = None
    aim: Aim | None = None
    #: what it was counted from, for those that divide
    numerator: int = 0
    denominator: int | None = None
    previous_denominator: int | None = None
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """What a KPI is."""

    key: str
    name: Words
    words: Words
    numerator: str
    denominator: str | None
    #: days a value looks back upon; None: those asked for
    window_days: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of the programme the deck is about; rank 0 is the entry."""

    key: str
    rank: int
    name: Words


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme the deck is about, tiers from the entry up."""

    key: str
    name: Words
    version: int
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one tier or one stage of life; `value` is expected net spend, major units."""

    key: str
    name: Words | None
    customers: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds the tiers of a programme, at the end of which date; None: when it was made."""

    programme: Programme
    tiers: tuple[Group, ...]
    on: date | None


@dataclass(frozen=True, slots=True)
class Concentration:
    """How value lies: shares of all value held by the best 0..100 % of customers."""

    shares: tuple[tuple[float, float], ...]
    gini: float | None


@dataclass(frozen=True, slots=True)
class Base:
    """Who the customers are: by tier, by stage of life, and how their value lies.

    `..._on` says at the end of which date; None: when the deck was made.
    """

    tiers: tuple[Group, ...] = ()
    lifecycles: tuple[Group, ...] = ()
    value: Concentration | None = None
    tiers_on: date | None = None
    stages_on: date | None = None
    value_on: date | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A live segment and how many customers are in it now."""

    key: str
    name: Words
    customers: int
    share: float


@dataclass(frozen=True, slots=True)
class Source:
    """How good what one source sends is; shares lie in 0..1."""

    key: str
    grade: str | None
    received: int
    rejected: int
    completeness: Mapping[str, float | None]
    anonymous: float | None
    last_event_at: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to tell who will spend most, and how often it was right."""

    name: Words
    hit20: float | None
    cap20: float | None
    gini: float | None
    gains: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """The value model in force beside the naive rules; `contenders[0]` is the model."""

    version: str
    cutoff: date
    until: date
    customers: int
    contenders: tuple[Contender, ...]
    drift: Words | None = None


@dataclass(frozen=True, slots=True)
class DeckData:
    """One deck's figures, and which services did not answer for them."""

    first: date
    last: date
    made_at: datetime
    currency: str | None
    programme: Programme | None = None
    definitions: tuple[Definition, ...] = ()
    #: of all customers, then of each tier of the programme
    kpis: tuple[Kpi, ...] | None = None
    tier_kpis: tuple[Kpi, ...] | None = None
    moves: tuple[Kpi, ...] | None = None
    base: Base | None = None
    #: the other programmes in force
    others: tuple[Standing, ...] = ()
    segments: tuple[Segment, ...] | None = None
    sources: tuple[Source, ...] | None = None
    model: Model | None = None
    cases: tuple[CaseFigures, ...] | None = None
    surveys: tuple[Survey, ...] | None = None
    voices: Voices | None = None
    win_back: WinBack | None = None
    efforts: tuple[Effort, ...] | None = None
    trials: tuple[Trial, ...] | None = None
    review: Review | None = None
    #: services that did not answer
    away: frozenset[str] = field(default_factory=frozenset)

    def kpi(self, key: str) -> Kpi | None:
        """Find a KPI of all customers."""
        return next((each for each in self.kpis or () if each.key == key), None)

    def window(self, key: str) -> int | None:
        """Tell how many days a KPI looks back upon, where these are not the dates of the deck."""
        return next((each.window_days for each in self.definitions if each.key == key), None)

    def of_tiers(self, key: str) -> tuple[tuple[Tier, Kpi], ...]:
        """List a KPI of every tier, from the entry up; tiers without it are left out."""
        if self.programme is None:
            return ()
        held = {each.slice: each for each in self.tier_kpis or () if each.key == key}
        named = [
            (tier, held.get(f"tier:{self.programme.key}:{tier.key}"))
            for tier in self.programme.tiers
        ]
        return tuple((tier, kpi) for tier, kpi in named if kpi is not None)
