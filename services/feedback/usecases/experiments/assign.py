"""Share people out to the arms of experiments, and log that they met them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg

from services.feedback.domain.experiments.experiment import HOLD_OUT, is_between, shares_of
from services.feedback.queries.erasure import is_refused
from services.feedback.queries.experiments.documents import running_about
from services.feedback.queries.experiments.exposures import (
    Exposure,
    Subject,
    add_exposures,
    find_subject,
    in_audience,
)
from services.feedback.usecases.capture.give import NamesErased
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.errors import UnknownExperiment
from shared.assignment import arm_of
from shared.erasures import tombstone
from shared.outbox import OutboxRow

#: the topic under which scoring tells who met an experiment about benefits
EXPOSURES: Final = "exposures"
#: Kinds of things nobody else logs: playbooks log whom they would reach, and scoring logs who holds
#: what is held out (services/scoring/usecases/benefits/hold_outs.py). Who is only asked about met
#: nothing: in the log they would dilute the result.
LOGGED_HERE: Final = frozenset({"other"})
Reason = Literal["assigned", "not_running", "not_in_audience"]


@dataclass(frozen=True, slots=True)
class Draw:
    """The arms of units in the experiment that runs about a thing, by unit."""

    experiment_key: str = ""
    arms: Mapping[str, str] = field(default_factory=dict)

    @property
    def held_out(self) -> frozenset[str]:
        """Name the units that the thing must not reach."""
        return frozenset(unit for unit, arm in self.arms.items() if arm == HOLD_OUT)


NO_DRAW: Final = Draw()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The arm of a customer; None where they are in none, and why."""

    arm: str | None
    reason: Reason

    @property
    def is_held_out(self) -> bool:
        """Tell whether what the experiment is about must not reach the customer."""
        return self.arm == HOLD_OUT


async def assign(desk: Desk, key: str, customer_id: str) -> Assignment:
    """Tell a customer's arm, and log it the first time where the asker is who acts on it.

    Playbooks, benefits and tiers log whom they reach: a question about them is no meeting.
    Raises UnknownExperiment, and NamesErased for somebody who was erased.
    """
    now = desk.clock.now()
    subject = await find_subject(desk.pool, key, customer_id)
    if subject is None:
        raise UnknownExperiment
    if subject.salt is None or not _is_open(subject, now):
        return Assignment(None, "not_running")
    if subject.logged is None and not subject.is_member:
        return Assignment(None, "not_in_audience")
    unit = subject.logged or (
        customer_id if subject.profile_id is None else str(subject.profile_id)
    )
    arm = arm_of(key, subject.salt, unit, shares_of(subject.document))
    if subject.logged is None and subject.profile_id is None:
        await _refuse_erased(desk, customer_id, now)
    if subject.logged is None and subject.about_kind in LOGGED_HERE:
        met = Exposure(unit, arm, now, subject.profile_id, customer_id)
        await add_exposures(desk.pool, key, [met])
    return Assignment(arm, "assigned")


async def draw(
    connection: asyncpg.Connection, kind: str, key: str, units: Iterable[str], *, now: datetime
) -> Draw:
    """Share units out in the experiment that runs about a thing; nobody meets it by that.

    A unit is the id of a profile (of a merge's winner) as text. Units outside the audience have no
    arm, nor has anybody where no experiment about the thing runs.
    """
    found = await running_about(connection, kind, key)
    if found is None or found.salt is None or not found.is_open(now):
        return NO_DRAW
    profiles = {unit: _profile(unit) for unit in units}
    chosen = set(profiles)
    if found.segment is not None:
        chosen = await in_audience(connection, found.experiment_key, found.segment, profiles)
    arms = {
        unit: arm_of(found.experiment_key, found.salt, unit, found.shares)
        for unit in profiles
        if unit in chosen
    }
    return Draw(found.experiment_key, arms)


async def log_met(
    connection: asyncpg.Connection, drawn: Draw, units: Iterable[str], *, now: datetime
) -> None:
    """Log that units met the experiment they were drawn in: in each arm whom it would reach.

    Units without an arm meet nothing.
    """
    met = [_met(unit, drawn.arms[unit], now) for unit in units if unit in drawn.arms]
    if met:
        await add_exposures(connection, drawn.experiment_key, met)


async def take_exposures(pool: asyncpg.Pool, rows: Sequence[OutboxRow]) -> dict[UUID, str]:
    """Log who was offered a benefit or held out of it, as scoring told it; returns no faults.

    A payload is {"experiment", "met": [{"unit", "arm", "at", "profile_id"|"customer_id"}]}.
    """
    for row in rows:
        met = [_told(each) for each in row.payload["met"]]
        await add_exposures(pool, row.payload["experiment"], met)
    return {}


def _told(met: Mapping[str, Any]) -> Exposure:
    profile_id = met.get("profile_id")
    return Exposure(
        unit=met["unit"],
        arm=met["arm"],
        exposed_at=datetime.fromisoformat(met["at"]),
        profile_id=None if profile_id is None else UUID(profile_id),
        customer_id=met.get("customer_id"),
    )


def _is_open(subject: Subject, now: datetime) -> bool:
    return subject.state == "running" and is_between(subject.document, now)


def _profile(unit: str) -> UUID | None:
    try:
        return UUID(unit)
    except ValueError:
        return None


def _met(unit: str, arm: str, now: datetime) -> Exposure:
    profile_id = _profile(unit)
    return Exposure(unit, arm, now, profile_id, unit if profile_id is None else None)


async def _refuse_erased(desk: Desk, customer_id: str, now: datetime) -> None:
    keys = [tombstone(desk.secrets, "customer_id", customer_id)]
    async with desk.pool.acquire() as connection:
        if await is_refused(connection, keys, now):
            raise NamesErased
