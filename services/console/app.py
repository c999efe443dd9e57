"""Wire the console together: accounts, the ways to the services, the pages."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from nicegui import ui
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from services.console.accounts.coming_back import Returning
from services.console.accounts.coming_back import router as coming_back
from services.console.accounts.guard import Guard
from services.console.accounts.keeper import open_accounts
from services.console.accounts.signing_in import router as signing_in
from services.console.lines import open_lines
from services.console.pages import import_pages
from services.console.parts.frame import register_pages
from services.console.reports.desk import Desk
from services.console.settings import ConsoleSettings
from services.console.visiting.house import Accounts, House
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.clock import clock_from
from shared.http import create_service_app
from shared.pools import open_pool, pool_probe
from shared.settings import PlatformSettings

STATIC: Final = Path(__file__).with_name("static")
#: A browser that lost its connection for longer builds the page anew.
_RECONNECT_S: Final = 10.0


def create_app(settings: ConsoleSettings, platform: PlatformSettings) -> FastAPI:
    """Build the console; its pages are NiceGUI's, mounted behind the guard."""
    app = create_service_app(
        service="console",
        title="Tierline console",
        routers=[signing_in, coming_back],
        table={},
        lifespan=_lifespan(settings, platform),
        docs_public=settings.docs_public,
        has_front=True,
    )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    # Innermost: what the guard refuses is logged and measured like everything else.
    app.user_middleware.append(Middleware(Guard, settings=settings))
    import_pages()
    register_pages()
    ui.run_with(
        app,
        title="Tierline",
        tailwind=False,
        reconnect_timeout=_RECONNECT_S,
        show_welcome_message=False,
    )
    return app


def _lifespan(
    settings: ConsoleSettings, platform: PlatformSettings
) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with AsyncExitStack() as stack:
            pool = await open_pool(stack, "console", settings, platform)
            app.state.api_keys = ApiKeys(key_loader(pool))
            app.state.probes.append(pool_probe(pool, platform))
            accounts: Accounts = await open_accounts(stack, pool, settings, platform)
            clock = clock_from(platform.business_now)
            house = House(
                settings=settings,
                accounts=accounts,
                lines=open_lines(stack, settings, platform),
                returning=Returning(),
                reports=Desk(pool, clock, platform.zone),
                clock=clock,
                zone=platform.zone,
                currency=platform.base_currency,
            )
            yield {"house": house, "accounts": accounts, "pool": pool}

    return lifespan
