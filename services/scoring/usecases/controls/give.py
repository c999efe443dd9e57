"""Pin a customer or grant a tier: held under the customer's lock, seen by the next read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.controls import (
    MOST_ACTIVE,
    BadPeriod,
    NewControl,
    Sort,
    StoredControl,
    period,
)
from services.scoring.domain.records import Profile
from services.scoring.errors import TooManyControls, UnknownControl, UnknownCustomer
from services.scoring.queries.people import controls
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7
from shared.keys import Caller
from shared.outbox import enqueue
from shared.problem import INVALID, FieldFault, Problem

CUSTOMERS_CHANGED: Final = "customers_changed"


@dataclass(frozen=True, slots=True)
class Held:
    """A control with the customer it is about, as it is told."""

    profile: Profile
    control: StoredControl


@dataclass(frozen=True, slots=True)
class Ending:
    """Which pins or grants are taken back: one by its id, or all of a programme."""

    sort: Sort
    customer_id: str
    control_id: UUID | None = None
    programme: str | None = None


def told(held: Held) -> dict[str, Any]:
    """Write a control as it is answered."""
    control = held.control
    instants = ("starts_at", "ends_at", "created_at", "ended_at")
    names = ("reason", "actor", "control_version", "ended_control_version")
    return {
        "id": str(control.control_id),
        "customer_id": held.profile.customer_id,
        "programme": control.programme_key,
        "tier": control.tier_key,
        "word": control.word,
        **{name: _instant(getattr(control, name)) for name in instants},
        **{name: getattr(control, name) for name in names},
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


async def give(
    pool: asyncpg.Pool, customer_id: str, new: NewControl, asked: Asked, *, now: datetime
) -> Answer:
    """Give a pin or a grant; raises UnknownCustomer, TooManyControls, Problem 409 and 422."""
    starts_at, ends_at = _period(new, now)

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        profile = await _hold(connection, customer_id)
        await _check_tier(connection, new)
        version = await controls.bump_control(connection, profile.profile_id)
        profile_id, programme = profile.profile_id, new.programme_key
        if await controls.count_open(connection, new.sort, profile_id, programme, now) >= (
            MOST_ACTIVE
        ):
            raise TooManyControls
        control = StoredControl(
            control_id=uuid7(),
            programme_key=programme,
            word=new.word,
            tier_key=new.tier_key,
            reason=new.reason,
            actor=asked.caller.name,
            control_version=version,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=now,
            ended_at=None,
            ended_control_version=None,
        )
        await controls.add_control(connection, new.sort, profile_id, control)
        later = [at for at in (starts_at, ends_at) if at is not None and at > now]
        await controls.add_due(connection, profile_id, programme, later)
        held = Held(profile, control)
        await _tell(connection, held, f"{new.sort}.given", asked.caller, now)
        return told(held)

    return await idempotently(pool, asked, work)


async def end(
    pool: asyncpg.Pool, ending: Ending, caller: Caller, *, now: datetime
) -> list[dict[str, Any]]:
    """Take pins or grants back; what had ended already stays as it was.

    Raises UnknownCustomer, UnknownControl.
    """
    async with pool.acquire() as connection, connection.transaction():
        profile = await _hold(connection, ending.customer_id)
        # Before looking: whoever ends the same one at the same time waits here.
        version = await controls.bump_control(connection, profile.profile_id)
        found = await _which(connection, profile.profile_id, ending, now)
        open_ids = [control.control_id for control in found if control.ended_at is None]
        await controls.end_controls(
            connection, ending.sort, profile.profile_id, open_ids, at=now, control_version=version
        )
        ended = []
        for control in found:
            now_is = await controls.find_control(
                connection, ending.sort, profile.profile_id, control.control_id
            )
            held = Held(profile, now_is or control)
            if control.ended_at is None:
                await _tell(connection, held, f"{ending.sort}.ended", caller, now)
            ended.append(told(held))
    return ended


async def _which(
    connection: asyncpg.Connection, profile_id: UUID, ending: Ending, now: datetime
) -> Sequence[StoredControl]:
    if ending.control_id is None:
        programme = ending.programme or ""
        return await controls.open_controls(connection, ending.sort, profile_id, programme, now)
    found = await controls.find_control(connection, ending.sort, profile_id, ending.control_id)
    if found is None:
        raise UnknownControl
    return [found]


async def _hold(connection: asyncpg.Connection, customer_id: str) -> Profile:
    # Twice: a merge that we waited for made the customer somebody else's.
    for _ in range(2):
        profile = await controls.hold_customer(connection, customer_id)
        if profile is not None:
            return profile
    raise UnknownCustomer


async def _check_tier(connection: asyncpg.Connection, new: NewControl) -> None:
    keys = await controls.tier_keys_of(connection, new.programme_key)
    if not keys:
        fault = FieldFault("/programme", "unknown_programme", "names no published programme")
        raise Problem(INVALID, errors=[fault])
    if new.tier_key not in keys:
        fault = FieldFault("/tier", "unknown_tier", f"must be one of: {', '.join(keys)}")
        raise Problem(INVALID, errors=[fault])


def _period(new: NewControl, now: datetime) -> tuple[datetime, datetime | None]:
    try:
        return period(new, now)
    except BadPeriod as error:
        fault = FieldFault(f"/{error.member}", "out_of_range", str(error))
        raise Problem(INVALID, errors=[fault]) from None


async def _tell(
    connection: asyncpg.Connection, held: Held, action: str, caller: Caller, now: datetime
) -> None:
    """Write down who did it, and have the customer decided anew soon though nobody reads."""
    control, profile_id = held.control, held.profile.profile_id
    details = {
        "control_id": str(control.control_id),
        "programme": control.programme_key,
        "tier": control.tier_key,
        "word": control.word,
        "control_version": control.ended_control_version or control.control_version,
    }
    if control.ended_at is None:
        details["reason"] = control.reason
    await note(connection, Note(caller.name, action, str(profile_id), details), at=now)
    await enqueue(connection, CUSTOMERS_CHANGED, {"profile_ids": [profile_id.hex]})
