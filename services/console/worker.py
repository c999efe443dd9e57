"""The background loops of the console: make the reports that were asked for or are due."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from services.console.lines import open_lines
from services.console.reports.desk import Desk
from services.console.reports.making import Maker
from services.console.settings import ConsoleSettings
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.loops import Loop
from shared.settings import PlatformSettings

REPORTS_EVERY_S: Final = 1.0
#: addresses to listen at, which nobody can open
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # nothing listens here
#: A report of some megabytes is stored in one statement.
_LIMITS: Final = Limits("worker-console", statement_timeout_s=30)


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    settings = ConsoleSettings.load()
    async with AsyncExitStack() as stack:
        pool = await create_raw_pool(platform.database_url.get_secret_value(), _LIMITS, size=2)
        stack.push_async_callback(pool.close)
        lines = open_lines(stack, settings, platform)
        desk = Desk(pool, clock_from(platform.business_now), platform.zone)
        transports = {service: line.transport for service, line in lines.items()}
        maker = Maker(desk, transports, settings.public_url, own_url=own_address(settings))
        yield [Loop("console.reports", REPORTS_EVERY_S, maker.make_next)]


def own_address(settings: ConsoleSettings) -> str:
    """Name the address at which the console listens, as one types it on its own machine."""
    host = "localhost" if settings.host in _EVERYWHERE else settings.host
    return f"http://{host}:{settings.port}"
