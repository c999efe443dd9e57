"""An experiment: what is tried on whom, and what of it may still change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.feedback.domain.fault import DocumentFault

HOLD_OUT: Final = "control"
WHOLE: Final = 1000
#: what may be written anew while an experiment runs; `arms` only so far as the hold-out grows
_FREE: Final = frozenset({"name", "owner", "ends_at", "arms"})


class State(StrEnum):
    """How far an experiment is."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment as it is kept; `document` is what was written, its shape checked."""

    experiment_key: str
    version: int
    state: State
    document: Mapping[str, Any]
    salt: str | None
    audience_size: int | None
    started_at: datetime | None
    ended_at: datetime | None
    shares_since: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def shares(self) -> list[tuple[str, int]]:
        """List the arms with their thousandths."""
        return shares_of(self.document)

    @property
    def segment(self) -> str | None:
        """Name the segment that is the audience; None is everybody."""
        segment: str | None = self.document["segment"]
        return segment

    def over_at(self, now: datetime) -> datetime | None:
        """Tell since when nobody is held out any more; None while it goes on."""
        planned = self.document["ends_at"]
        ends = [self.ended_at, None if planned is None else datetime.fromisoformat(planned)]
        return min((end for end in ends if end is not None and end <= now), default=None)

    def is_open(self, now: datetime) -> bool:
        """Tell whether people are shared out to its arms at an instant."""
        return self.state is State.RUNNING and is_between(self.document, now)


def shares_of(document: Mapping[str, Any]) -> list[tuple[str, int]]:
    """List the arms of a document with their thousandths."""
    return [(arm["key"], arm["share"]) for arm in document["arms"]]


def is_between(document: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether an instant lies in the time a document plans."""
    starts_at, ends_at = document.get("starts_at"), document.get("ends_at")
    has_begun = starts_at is None or datetime.fromisoformat(starts_at) <= now
    return has_begun and (ends_at is None or now < datetime.fromisoformat(ends_at))


def faults_of(document: Mapping[str, Any]) -> Iterator[DocumentFault]:
    """Tell what is wrong between the members of a document whose members have their shape."""
    yield from _arm_faults(document["arms"])
    yield from _subject_faults(document)
    if document["primary"] in document["also"]:
        yield DocumentFault(
            "/also", "duplicate", "The primary metric is reported already: leave it out."
        )
    starts_at, ends_at = document.get("starts_at"), document.get("ends_at")
    if starts_at and ends_at and not _instant(starts_at) < _instant(ends_at):
        yield DocumentFault("/ends_at", "out_of_range", "Write an instant after starts_at.")


def end_behind(document: Mapping[str, Any], now: datetime) -> Iterator[DocumentFault]:
    """Tell that an experiment would be over before anybody met it."""
    ends_at = document.get("ends_at")
    if ends_at is not None and _instant(ends_at) <= now:
        words = "This instant has passed: write one ahead, or none and stop the experiment by hand."
        yield DocumentFault("/ends_at", "out_of_range", words)


def _arm_faults(arms: Sequence[Mapping[str, Any]]) -> Iterator[DocumentFault]:
    seen: set[str] = set()
    for place, arm in enumerate(arms):
        if arm["key"] in seen:
            words = "Another arm has this key: every arm needs a key of its own."
            yield DocumentFault(f"/arms/{place}/key", "duplicate", words)
        seen.add(arm["key"])
    if HOLD_OUT not in seen:
        words = f'One arm must be held out: give it the key "{HOLD_OUT}".'
        yield DocumentFault("/arms", "no_hold_out", words)
    total = sum(arm["share"] for arm in arms)
    if total != WHOLE:
        words = f"The shares are thousandths and add up to {total}: make them {WHOLE}."
        yield DocumentFault("/arms", "wrong_sum", words)


def _subject_faults(document: Mapping[str, Any]) -> Iterator[DocumentFault]:
    about = document["about"]
    is_programmes = about["kind"] in {"benefit", "tier"}
    if is_programmes and about["programme"] is None:
        words = "Name the programme whose benefit or tier it is about."
        yield DocumentFault("/about/programme", "missing", words)
    if not is_programmes and about["programme"] is not None:
        words = "Only a benefit or a tier belongs to a programme: leave this out."
        yield DocumentFault("/about/programme", "not_allowed", words)
    if is_programmes and document["segment"] is not None:
        words = "The audience of a benefit is whoever holds its tiers: leave the segment out."
        yield DocumentFault("/segment", "not_allowed", words)
    if is_programmes and len(document["arms"]) > 2:
        words = "A benefit is offered or held out: write two arms."
        yield DocumentFault("/arms", "too_many", words)


def changes_refused(before: Experiment, document: Mapping[str, Any]) -> Iterator[DocumentFault]:
    """Tell what a running experiment may not change any more."""
    for name in sorted(document.keys() - _FREE):
        if document[name] != before.document.get(name):
            words = "This cannot change while the experiment runs: stop it and begin another."
            yield DocumentFault(f"/{name}", "running", words)
    if not only_hold_out_grew(before.shares, shares_of(document)):
        words = (
            "While the experiment runs only the hold-out may grow: keep the other arms in their"
            " order and in proportion to each other."
        )
        yield DocumentFault("/arms", "running", words)


def only_hold_out_grew(before: Sequence[tuple[str, int]], after: Sequence[tuple[str, int]]) -> bool:
    """Tell whether people can only have moved into the hold-out, or nobody at all."""
    former, latter = dict(before), dict(after)
    treated = [arm for arm, _ in before if arm != HOLD_OUT]
    if treated != [arm for arm, _ in after if arm != HOLD_OUT]:
        return False
    first = treated[0]
    is_in_proportion = all(
        former[arm] * latter[first] == latter[arm] * former[first] for arm in treated
    )
    return is_in_proportion and latter[HOLD_OUT] >= former[HOLD_OUT]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
