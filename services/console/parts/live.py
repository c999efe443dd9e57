"""Refresh a part of a page while somebody looks at it."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.console.parts import faults
from services.console.visiting.visit import Visit


def every(visit: Visit, seconds: float, refresh: Callable[[], Awaitable[None]]) -> None:
    """Call `refresh` again and again, from when the browser is connected until it is gone.

    A timer made before the connection would live on for ever where no browser ever connects.
    """

    async def begin() -> None:
        with slot:
            timer = ui.timer(seconds, tick, immediate=False)
        timers.append(timer)

    async def tick() -> None:
        try:
            await refresh()
        except faults.EXPECTED as error:
            for timer in timers:
                timer.deactivate()
            faults.tell(visit, error)

    timers: list[ui.timer] = []
    slot = ui.element("div").style("display: none")
    ui.context.client.on_connect(begin)
