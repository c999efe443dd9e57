"""Who is held out of a playbook by an experiment: logged when it matters, looked at else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.experiments.experiment import HOLD_OUT
from services.feedback.queries.experiments.documents import running_about
from services.feedback.queries.experiments.exposures import in_audience
from services.feedback.usecases.experiments.assign import held_out
from shared.assignment import arm_of

KIND: Final = "playbook"


async def logged(
    connection: asyncpg.Connection, key: str, units: Sequence[str], now: datetime
) -> set[str]:
    """Tell who is left alone, and log who met the experiment."""
    return await held_out(connection, KIND, key, units, now=now)


async def peeked(
    connection: asyncpg.Connection, key: str, units: Sequence[str], now: datetime
) -> set[str]:
    """Tell who would be left alone; nobody meets anything by a look."""
    found = await running_about(connection, KIND, key)
    if found is None or found.salt is None or not found.is_open(now):
        return set()
    meant = set(units)
    if found.segment is not None:
        profiles = {unit: UUID(unit) for unit in units}
        meant = await in_audience(connection, found.experiment_key, found.segment, profiles)
    salt, shares = found.salt, found.shares
    return {unit for unit in meant if arm_of(found.experiment_key, salt, unit, shares) == HOLD_OUT}
