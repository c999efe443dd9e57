"""What a deck shows of care: cases, voices, surveys, efforts, experiments, reviews."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.console.decks.words import Words


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """How fast cases were answered and resolved; minutes are those in which service worked."""

    name: Words | None
    cases: int
    answered: int
    resolved: int
    within: float | None
    response_minutes: float | None
    resolution_minutes: float | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What came back of a survey."""

    name: Words
    sent: int
    answered: int
    nps: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Theme:
    """What was said, by kind: how often, and how often it was bad news."""

    kind: str
    said: int
    bad: int


@dataclass(frozen=True, slots=True)
class Voices:
    """What was said in the dates; `is_all` is false where only the newest were read."""

    themes: tuple[Theme, ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody worth winning back, unnamed: decks are passed around. Money in major units."""

    lifecycle: str
    gain: float


@dataclass(frozen=True, slots=True)
class WinBack:
    """The best ones to win back; `is_all` is false where there are more than these."""

    people: tuple[Lost, ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class Effort:
    """A playbook or an offer: how often, what came of it, and what it cost (major units)."""

    kind: Literal["playbook", "offer"]
    name: Words
    made: int
    good: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment and its verdict; effects are of the primary metric, in its own unit."""

    name: Words
    state: str
    verdict: str
    sentence: Words
    unit: str
    effect: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a review found weak, and what to change."""

    text: Words
    suggestion: Words
    state: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """The newest review of the programmes; `open_questions`: what it had too little data for."""

    quarter: str
    findings: tuple[Finding, ...]
    open_questions: int
    #: up to when it looked: before its quarter is over, up to the day before it was made
    last: date | None = None
