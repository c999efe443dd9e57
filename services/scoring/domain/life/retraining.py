"""When the schedule asks for a new model, and in which words it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Schedule:
    """Retrain every so many business days (0: never), in the hour that begins at `hour` local."""

    every_days: int
    hour: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when the schedule is looked at.

    `trained_until`: the day the newest model's data end. `is_outdated`: the model in force was
    trained on another feature definition and cannot be loaded by this version.
    """

    today: date
    hour: int
    trained_until: date | None
    is_outdated: bool
    is_open: bool
    is_asked_today: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to ask for a training, and why or why not; no words where nobody needs to know."""

    asks: bool
    because: str = ""


NOT_NOW = Verdict(asks=False)


def is_due(schedule: Schedule, seen: Situation) -> Verdict:
    """Decide from the clock and what is under way; whether anything is new is asked after it."""
    if schedule.every_days == 0 or seen.trained_until is None:
        return NOT_NOW  # the first training is asked for by a person
    if not seen.is_outdated and not _is_time(schedule, seen, seen.trained_until):
        return NOT_NOW
    if seen.is_open:
        return Verdict(asks=False, because="A training is under way.")
    if seen.is_asked_today:
        return NOT_NOW
    if seen.is_outdated:
        return Verdict(
            asks=True, because="The model in force was trained on another feature definition."
        )
    days = (seen.today - seen.trained_until).days
    return Verdict(asks=True, because=f"The newest model's data end {days} days ago.")


def nothing_new(since: date) -> Verdict:
    """Say that there is nothing to learn from."""
    return Verdict(asks=False, because=f"Nothing was bought or returned since {since}.")


def _is_time(schedule: Schedule, seen: Situation, trained_until: date) -> bool:
    is_old = (seen.today - trained_until).days >= schedule.every_days
    return is_old and seen.hour == schedule.hour
