"""The weeks the demo shop has lived with Tierline: what was known by each night, then the night."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deploy.demo.calls import drain
from deploy.demo.player import Player

#: A job whose worker was killed is held for it for a while: the night is asked again so soon.
AGAIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Past:
    """What a play needs of whoever runs the services, to have lived through some nights.

    `work`: do all that is due by the clock of an instant; it is decided and counted then. `asking`:
    while it is open, scoring can be asked, by the clock of an instant. `note`: remember how many
    nights are over. `wake`: today has come, start what runs on. `over`: how many nights an earlier
    start has been through.
    """

    nights: Sequence[datetime]
    work: Callable[[datetime], Awaitable[None]]
    asking: Callable[[datetime], AbstractAsyncContextManager[None]]
    note: Callable[[int], None]
    wake: Callable[[], Awaitable[None]]
    over: int = 0
    again_s: float = AGAIN_S


async def first_night(player: Player, past: Past) -> None:
    """Ask for a model and a programme, and live the night that makes them."""
    async with past.asking(past.nights[0]):
        asked = asyncio.create_task(_ask(player))
        try:
            while not asked.done():
                await past.work(past.nights[0])
                await asyncio.wait({asked}, timeout=past.again_s)
            await asked
        finally:
            asked.cancel()
            await asyncio.wait({asked})


async def _ask(player: Player) -> None:
    async def ask(what: Callable[[], Awaitable[object]]) -> None:
        await what()

    await drain([player.train, player.publish], ask, workers=2)
