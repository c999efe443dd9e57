"""Wire the feedback service together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

import asyncpg
from fastapi import FastAPI

from services.feedback.routes import (
    cases,
    contacts,
    experiments,
    feedback,
    kpis,
    offers,
    playbooks,
    reviews,
    surveys,
    tasks,
)
from services.feedback.settings import FeedbackSettings
from services.feedback.usecases.capture.give import (
    FeedbackConflict,
    NamesErased,
    UnbelievableInstant,
)
from services.feedback.usecases.desk import Desk, TierSource
from services.feedback.usecases.experiments.errors import EXPERIMENT_PROBLEMS
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.clients.scoring import scoring_client
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.health import Check, CheckState, Probe, check_start, database_probe
from shared.http import create_service_app
from shared.problem import CONFLICT, GONE, INVALID, ProblemTable
from shared.schema.migrate import head_revision
from shared.settings import PlatformSettings

PROBLEMS: Final[ProblemTable] = {
    **EXPERIMENT_PROBLEMS,
    FeedbackConflict: CONFLICT,
    UnbelievableInstant: INVALID,
    NamesErased: GONE,
}


def create_app(
    settings: FeedbackSettings, platform: PlatformSettings, *, tiers: TierSource | None = None
) -> FastAPI:
    """Build the service; `tiers` replaces the client of scoring in tests."""
    return create_service_app(
        service="feedback",
        title="Tierline feedback",
        routers=[
            feedback.router,
            surveys.router,
            cases.router,
            contacts.router,
            offers.router,
            playbooks.router,
            tasks.router,
            experiments.router,
            kpis.router,
            reviews.router,
        ],
        table=PROBLEMS,
        lifespan=_lifespan(settings, platform, tiers),
        docs_public=settings.docs_public,
    )


def _lifespan(
    settings: FeedbackSettings, platform: PlatformSettings, tiers: TierSource | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            pool = await _open_pool(stack, settings, platform)
            source = tiers or _open_scoring(stack, platform)
            app.state.api_keys = ApiKeys(key_loader(pool))
            is_unsafe_allowed = platform.allow_unsafe_durability
            app.state.probes += [
                database_probe(pool, head=head_revision(), is_unsafe_allowed=is_unsafe_allowed),
                _service_key_probe(is_set=source is not None),
            ]
            app.state.desk = Desk(
                pool=pool,
                clock=clock_from(platform.business_now),
                zone=platform.zone,
                secrets=platform.secrets,
                tiers=source,
                tier_budget_s=settings.tier_budget_s,
            )
            yield

    return lifespan


async def _open_pool(
    stack: AsyncExitStack, settings: FeedbackSettings, platform: PlatformSettings
) -> asyncpg.Pool:
    limits = Limits("feedback", settings.statement_timeout_s, settings.lock_timeout_s)
    url = platform.database_url.get_secret_value()
    pool = await create_raw_pool(url, limits, size=settings.raw_pool_size)
    stack.push_async_callback(pool.close)
    is_unsafe_allowed = platform.allow_unsafe_durability
    await check_start(pool, head=head_revision(), is_unsafe_allowed=is_unsafe_allowed)
    return pool


def _open_scoring(stack: AsyncExitStack, platform: PlatformSettings) -> TierSource | None:
    if platform.tierline_service_key is None:
        return None
    key = platform.tierline_service_key.get_secret_value()
    client, http = scoring_client(platform.scoring_url, key)
    stack.push_async_callback(http.aclose)
    return client


def _service_key_probe(*, is_set: bool) -> Probe:
    async def probe() -> Check:
        if is_set:
            return Check("service_key", CheckState.OK)
        text = "TIERLINE_SERVICE_KEY is not set: tiers stay unknown, events are not relayed"
        return Check("service_key", CheckState.DEGRADED, text)

    return probe
