"""Wire scoring together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI

from services.scoring.beside import beside
from services.scoring.deps import pool_of
from services.scoring.domain.life.job_kinds import KINDS
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.errors import PROBLEMS
from services.scoring.queries.releases import seed_programme
from services.scoring.routes import (
    backtests,
    controls,
    drift,
    entitlements,
    explanations,
    features,
    internal,
    models,
    points,
    programme_versions,
    programmes,
    scores,
    segments,
    sessions,
    simulations,
    tiers,
    webhooks,
)
from services.scoring.routes.hot_tier import HOT_ROUTES
from services.scoring.settings import ScoringSettings
from services.scoring.usecases.asking.ask_score import Appraiser
from services.scoring.usecases.asking.ask_tier import TierDesk
from services.scoring.usecases.asking.explain_score import Explainer
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.fit.drift import DriftWatch
from services.scoring.usecases.fit.drift_metrics import DriftMetrics
from services.scoring.usecases.fit.shadow_recorder import Recorder
from services.scoring.usecases.models.probe_model import model_probe
from services.scoring.usecases.releases.catalog import Catalog
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.health import check_start, database_probe
from shared.http import create_service_app
from shared.job_routes import jobs_router
from shared.schema.migrate import head_revision
from shared.settings import PlatformSettings

TITLE = "Tierline scoring"


def create_app(settings: ScoringSettings, platform: PlatformSettings) -> FastAPI:
    """Build the scoring service."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        limits = Limits("scoring", settings.statement_timeout_s, settings.lock_timeout_s)
        url = platform.database_url.get_secret_value()
        pool = await create_raw_pool(url, limits, size=settings.raw_pool_size)
        try:
            await _start(app, pool, platform)
            measures = DriftMetrics(pool, app.state.recorder)
            try:
                async with beside(app.state.recorder, measures, app.state.metrics.registry):
                    yield
            finally:  # a pool waits for ever for connections that are kept
                await app.state.desk.close()
        finally:
            await pool.close()

    return create_service_app(
        service="scoring",
        title=TITLE,
        routers=[
            tiers.router,
            scores.router,
            explanations.router,
            features.router,
            # before models: /v1/models/drift is not a version
            drift.router,
            backtests.router,
            models.router,
            programmes.router,
            programme_versions.router,
            simulations.router,
            controls.router,
            entitlements.router,
            points.router,
            segments.router,
            sessions.router,
            webhooks.router,
            internal.router,
            jobs_router("models:write", KINDS, pool_of),
        ],
        table=PROBLEMS,
        lifespan=lifespan,
        hot_routes=HOT_ROUTES,
        docs_public=settings.docs_public,
    )


async def _start(app: FastAPI, pool: asyncpg.Pool, platform: PlatformSettings) -> None:
    head, is_unsafe = head_revision(), platform.allow_unsafe_durability
    await check_start(pool, head=head, is_unsafe_allowed=is_unsafe)
    await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
    secrets = platform.secrets
    catalog = Catalog(pool, secrets.model_signing_key)
    business_day = BusinessDay(clock_from(platform.business_now), platform.zone)
    recorder = Recorder(pool, secrets.model_signing_key)
    decider = Decider(pool, catalog, business_day, recorder)
    app.state.pool = pool
    app.state.secrets = secrets
    app.state.catalog = catalog
    app.state.business_day = business_day
    app.state.decider = decider
    app.state.recorder = recorder
    app.state.drift = DriftWatch(pool, secrets.model_signing_key, business_day)
    app.state.desk = TierDesk(pool, catalog, business_day, decider)
    app.state.appraiser = Appraiser(pool, catalog, business_day, platform.base_currency)
    app.state.explainer = Explainer(pool, catalog, business_day, platform.base_currency)
    app.state.api_keys = ApiKeys(key_loader(pool))
    app.state.probes = [
        database_probe(pool, head=head, is_unsafe_allowed=is_unsafe),
        model_probe(pool, catalog),
    ]
