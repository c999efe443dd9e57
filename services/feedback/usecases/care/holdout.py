"""Who is held out of a playbook by an experiment, and who is logged as having met it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from services.feedback.usecases.experiments.assign import Draw, draw, log_met

KIND: Final = "playbook"

#: Shares some units (profile ids as text) out in what is tried with a playbook now.
Drawer = Callable[[asyncpg.Connection, str, Sequence[str], datetime], Awaitable[Draw]]
#: Logs which of the drawn units met it.
Logger = Callable[[asyncpg.Connection, Draw, Iterable[str], datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Trial:
    """How the arms of a playbook's experiment are drawn, and how exposures are logged."""

    draw: Drawer
    log: Logger


async def _drawn(
    connection: asyncpg.Connection, key: str, units: Sequence[str], now: datetime
) -> Draw:
    return await draw(connection, KIND, key, units, now=now)


async def _logged(
    connection: asyncpg.Connection, drawn: Draw, units: Iterable[str], now: datetime
) -> None:
    await log_met(connection, drawn, units, now=now)


async def nothing_logged(
    _connection: asyncpg.Connection, _drawn: Draw, _units: Iterable[str], _now: datetime
) -> None:
    """Log nothing: nobody meets anything by a look."""


logged: Final = Trial(_drawn, _logged)
peeked: Final = Trial(_drawn, nothing_logged)
