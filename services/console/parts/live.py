"""Refresh a part of a page while somebody looks at it."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.console.parts import faults
from services.console.visiting.visit import Visit


def every(visit: Visit, seconds: float, refresh: Callable[[], Awaitable[None]]) -> None:
    """Call `refresh` again and again, from when the browser is connected until it is gone.

    A timer made before the connection would live on for ever where no browser ever connects; a
    browser connects again and again, and finds the timer it had. What goes wrong ends it; where
    that was the end of the session, it runs again when they go on with their next one.
    """

    def begin() -> None:
        if not timers:
            with slot:
                timers.append(ui.timer(seconds, tick, immediate=False).mark(faults.LIVE))

    async def tick() -> None:
        timers[0].active = False
        async with faults.told(visit):
            await refresh()
            timers[0].active = True

    timers: list[ui.timer] = []
    slot = ui.element("div").style("display: none")
    ui.context.client.on_connect(begin)
