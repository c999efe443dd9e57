"""Wire scoring together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import asyncpg
from fastapi import FastAPI

from services.scoring.beside import beside
from services.scoring.deps import pool_of
from services.scoring.domain.life.job_kinds import KINDS
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.errors import PROBLEMS
from services.scoring.queries.releases.releases import seed_programme
from services.scoring.routes import (
    backtests,
    comparisons,
    controls,
    customer_list,
    drift,
    entitlements,
    explanations,
    features,
    internal,
    life,
    models,
    overview,
    points,
    programme_versions,
    programmes,
    score_history,
    scores,
    segments,
    sessions,
    simulations,
    tiers,
    training_sets,
    webhooks,
    what_if,
)
from services.scoring.routes.contracts import webhook_messages
from services.scoring.routes.hot_session import OWN_TIER_PATH, SESSION_ROUTES
from services.scoring.routes.hot_tier import HOT_ROUTES
from services.scoring.segment_parts import add_segments
from services.scoring.session_parts import add_sessions
from services.scoring.settings import ScoringSettings
from services.scoring.steady import (
    Steady,
    bounded,
    snapshot_loop,
    start_steadily,
    steady_probe,
)
from services.scoring.usecases.asking.ask_score import Appraiser
from services.scoring.usecases.asking.ask_tier import TierDesk
from services.scoring.usecases.asking.explain_score import Explainer
from services.scoring.usecases.asking.score_history import Historian
from services.scoring.usecases.asking.what_if import WhatIfs
from services.scoring.usecases.benefits.entitlements import Entitlements
from services.scoring.usecases.benefits.hold_outs import HoldOuts
from services.scoring.usecases.benefits.offers import Offers
from services.scoring.usecases.benefits.redeem import BenefitDesk
from services.scoring.usecases.benefits.service_levels import ServiceDesk
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.fit.drift import DriftWatch
from services.scoring.usecases.fit.drift_metrics import DriftMetrics
from services.scoring.usecases.fit.shadow_recorder import Recorder
from services.scoring.usecases.models.probe_model import model_probe
from services.scoring.usecases.points.books import PointsBooks
from services.scoring.usecases.points.desk import PointsDesk
from services.scoring.usecases.points.wallets import Wallets
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.steady.steady_desk import SteadyDesk, steady_keys
from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.switchboard import Switchboard
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.clock import clock_from
from shared.cors import Cors
from shared.db import Limits, create_raw_pool
from shared.health import CheckState, check_start
from shared.http import Lifespan, create_service_app
from shared.job_routes import jobs_router
from shared.loops import Loop
from shared.schema.migrate import head_revision
from shared.settings import PlatformSettings

TITLE = "Tierline scoring"
EXPOSURES_EVERY_S = 1.0
# One after another: the first whose address fits answers.
_ROUTERS: Final = (
    tiers.router,
    scores.router,
    score_history.router,
    explanations.router,
    what_if.router,
    features.router,
    customer_list.router,
    # before models: /v1/models/drift is not a version
    drift.router,
    backtests.router,
    models.router,
    training_sets.router,
    overview.router,
    programmes.router,
    # before programme_versions: versions/compare is not a version
    comparisons.router,
    programme_versions.router,
    simulations.router,
    controls.router,
    life.router,
    entitlements.router,
    points.router,
    segments.router,
    sessions.router,
    webhooks.router,
    internal.router,
    jobs_router("models:write", KINDS, pool_of, "programmes:write"),
)


def create_app(
    settings: ScoringSettings, platform: PlatformSettings, *, keeps_snapshot: bool = False
) -> FastAPI:
    """Build the scoring service; `keeps_snapshot` has it write the file of last known tiers."""
    app = create_service_app(
        service="scoring",
        title=TITLE,
        routers=_ROUTERS,
        table=PROBLEMS,
        lifespan=_lifespan(settings, platform, keeps_snapshot=keeps_snapshot),
        hot_routes=(*HOT_ROUTES, *SESSION_ROUTES),
        docs_public=settings.docs_public,
    )
    app.webhooks.routes.extend(webhook_messages.messages.routes)
    if settings.origins:
        app.add_middleware(Cors, origins=settings.origins, paths=[OWN_TIER_PATH], method="GET")
    return app


def _lifespan(
    settings: ScoringSettings, platform: PlatformSettings, *, keeps_snapshot: bool
) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        limits = Limits("scoring", settings.statement_timeout_s, settings.lock_timeout_s)
        url = platform.database_url.get_secret_value()
        async with AsyncExitStack() as stack:
            pool = await create_raw_pool(url, limits, size=settings.raw_pool_size, opened=0)
            stack.push_async_callback(pool.close)
            steady = await _start_steadily(pool, settings, platform)
            stack.push_async_callback(steady.outage.close)
            _start(app, pool, steady, platform)
            courier = Courier(settings.webhook_private_targets)
            app.state.switchboard = Switchboard(pool, platform.secrets, courier)
            # a pool waits for ever for connections that are kept
            stack.push_async_callback(app.state.desk.close)
            add_segments(app, settings, platform)
            add_sessions(app, stack, settings, platform)
            measures = DriftMetrics(pool, app.state.recorder)
            loops = [Loop("scoring.exposures", EXPOSURES_EVERY_S, app.state.hold_outs.flush)]
            if keeps_snapshot:
                loops.append(snapshot_loop(pool, steady, settings, platform))
            registry = app.state.metrics.registry
            await stack.enter_async_context(beside(app.state.recorder, measures, registry, loops))
            yield

    return lifespan


async def _start_steadily(
    pool: asyncpg.Pool, settings: ScoringSettings, platform: PlatformSettings
) -> Steady:
    is_unsafe = platform.allow_unsafe_durability

    async def prepare() -> None:
        await check_start(pool, head=head_revision(), is_unsafe_allowed=is_unsafe)
        await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))

    return await start_steadily(pool, prepare, settings, platform)


def _start(app: FastAPI, pool: asyncpg.Pool, steady: Steady, platform: PlatformSettings) -> None:
    head, is_unsafe = head_revision(), platform.allow_unsafe_durability
    outage, last_known = steady.outage, steady.last_known
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
    app.state.steady = steady
    app.state.desk = SteadyDesk(TierDesk(pool, catalog, business_day, decider), outage, last_known)
    offers = Offers(pool, platform.zone.key)
    app.state.hold_outs = HoldOuts(pool)
    app.state.entitlements = Entitlements(pool, offers, app.state.hold_outs)
    app.state.benefits = BenefitDesk(
        pool, catalog, business_day, app.state.desk, offers, app.state.entitlements
    )
    app.state.service = ServiceDesk(
        pool, catalog, business_day, app.state.desk, app.state.entitlements, secrets
    )
    books = PointsBooks(pool, catalog)
    wallets = Wallets(pool, catalog, business_day, books)
    app.state.points = PointsDesk(pool, business_day, books, wallets)
    app.state.appraiser = Appraiser(pool, catalog, business_day, platform.base_currency)
    app.state.historian = Historian(pool, catalog, business_day, platform.base_currency)
    app.state.what_ifs = WhatIfs(pool, catalog, business_day, decider, platform.base_currency)
    app.state.explainer = Explainer(pool, catalog, business_day, platform.base_currency)
    app.state.api_keys = ApiKeys(steady_keys(key_loader(pool), outage, last_known))
    app.state.probes = [
        steady_probe(pool, last_known, head=head, is_unsafe_allowed=is_unsafe),
        bounded(model_probe(pool, catalog), "model", CheckState.DEGRADED),
    ]
