"""One app for every service: docs without the internet, one middleware, one error renderer."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.responses import RedirectResponse, Response

from shared import openapi, problem_handlers
from shared.access import AccessLog
from shared.edge import Edge, Rules, Watch
from shared.health import health_router
from shared.hot import HotRoute
from shared.logs import logger
from shared.metrics import Metrics
from shared.problem import ProblemTable

Lifespan = Callable[[FastAPI], Any]
GRACE_S = 20


def create_service_app(  # noqa: PLR0913 - one keyword a part of an app, all read at one place
    *,
    service: str,
    title: str,
    routers: Sequence[APIRouter],
    table: ProblemTable,
    lifespan: Lifespan | None = None,
    hot_routes: Sequence[HotRoute] = (),
    docs_public: bool = True,
    access_log: bool = True,
) -> FastAPI:
    """Build a service's app; its lifespan sets `app.state.api_keys` and `app.state.probes`.

    `hot_routes` are tried first, before FastAPI's machinery (shared/hot.py).
    """
    metrics = Metrics()
    app: FastAPI = FastAPIOffline(
        title=title,
        docs_url="/docs" if docs_public else None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.metrics = metrics
    app.state.probes = []
    _add_house_routes(app, metrics, docs_public=docs_public)
    for router in routers:
        app.include_router(router)
    problem_handlers.install(app, table)
    openapi.install(app)
    access = AccessLog(service, sys.stdout) if access_log else None
    watch = Watch(metrics, logger(service), access)
    app.add_middleware(Edge, watch=watch, rules=Rules(table, hot_routes))
    return app


def _add_house_routes(app: FastAPI, metrics: Metrics, *, docs_public: bool) -> None:
    app.include_router(health_router())

    @app.get("/metrics", include_in_schema=False)
    async def expose() -> Response:
        return metrics.exposition()

    @app.get("/", include_in_schema=False)
    async def front() -> RedirectResponse:
        return RedirectResponse("/docs" if docs_public else "/health/live")


def serve(app_factory: Callable[[], FastAPI], host: str, port: int) -> None:
    """Run an app until SIGTERM: finish what runs within 20 s, then leave."""
    uvicorn.Server(
        uvicorn.Config(
            app_factory,
            factory=True,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # Behind a proxy of your own, run it with trusted hops there: a client may claim any.
            proxy_headers=False,
            backlog=2048,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_S,
        )
    ).run()
