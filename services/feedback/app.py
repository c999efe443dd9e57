"""Wire the feedback service together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg
from fastapi import FastAPI, Request

from services.feedback.domain.cases.case import Rules
from services.feedback.errors import CARE, CASES, CONTACTS, KPIS, OCCURRED, REVIEWS
from services.feedback.routes import (
    care,
    cases,
    contacts,
    experiments,
    feedback,
    kpis,
    offers,
    playbooks,
    reviews,
    survey_answers,
    surveys,
    tasks,
    unknown_offers,
)
from services.feedback.routes.hot_feedback import HOT_ROUTES
from services.feedback.routes.survey_page import page as survey_page
from services.feedback.settings import FeedbackSettings
from services.feedback.usecases.capture.asking import TogetherAsking
from services.feedback.usecases.capture.committing import Overloaded
from services.feedback.usecases.capture.give import (
    Counter,
    FeedbackConflict,
    NamesErased,
    UnbelievableInstant,
    counter_at,
)
from services.feedback.usecases.capture.read import UnknownFeedback
from services.feedback.usecases.capture.telling import Tell, Telling, telling_to
from services.feedback.usecases.care.caring import caps_of
from services.feedback.usecases.care.win_back import NoSuchProgramme
from services.feedback.usecases.cases.desk import CaseDesk
from services.feedback.usecases.cases.service_levels import ServiceLevels
from services.feedback.usecases.desk import Desk, ScoringSource
from services.feedback.usecases.experiments.errors import EXPERIMENT_PROBLEMS
from services.feedback.usecases.kpis.roll_up import REBUILD
from services.feedback.usecases.surveys.errors import SURVEY_PROBLEMS
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.clients.ingest import ingest_client
from shared.clients.scoring import scoring_client
from shared.clock import clock_from
from shared.health import Check, CheckState, Probe
from shared.http import create_service_app
from shared.job_routes import jobs_router
from shared.pools import open_pool, pool_probe
from shared.problem import BUSY, CONFLICT, GONE, NOT_FOUND, ProblemTable
from shared.settings import PlatformSettings

#: What the docs show as answers: recorded by `make api-examples`.
ANSWERS: Final = Path(__file__).with_name("answers.json")
#: Kinds of background job that feedback knows.
JOB_KINDS: Final = frozenset({REBUILD})
PROBLEMS: Final[ProblemTable] = {
    **CARE,
    **CASES,
    **CONTACTS,
    **KPIS,
    **REVIEWS,
    **SURVEY_PROBLEMS,
    **EXPERIMENT_PROBLEMS,
    FeedbackConflict: CONFLICT,
    UnbelievableInstant: OCCURRED,
    NamesErased: GONE,
    UnknownFeedback: NOT_FOUND,
    NoSuchProgramme: NOT_FOUND,
    Overloaded: BUSY,
}


def create_app(
    settings: FeedbackSettings, platform: PlatformSettings, *, tiers: ScoringSource | None = None
) -> FastAPI:
    """Build the service; `tiers` replaces the client of scoring in tests."""
    return create_service_app(
        service="feedback",
        title="Tierline feedback",
        routers=[
            feedback.router,
            survey_answers.router,
            surveys.router,
            survey_page.router,
            cases.router,
            contacts.router,
            offers.router,
            unknown_offers.router,
            playbooks.router,
            care.router,
            tasks.router,
            experiments.router,
            kpis.router,
            reviews.router,
            jobs_router("feedback:write", JOB_KINDS, pool_of, "reports:read"),
        ],
        table=PROBLEMS,
        lifespan=_lifespan(settings, platform, tiers),
        hot_routes=HOT_ROUTES,
        docs_public=settings.docs_public,
        answers=ANSWERS,
    )


def pool_of(request: Request) -> asyncpg.Pool:
    """Return the pool of the running service."""
    desk: Desk = request.app.state.desk
    return desk.pool


def _lifespan(
    settings: FeedbackSettings, platform: PlatformSettings, tiers: ScoringSource | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            pool = await open_pool(stack, "feedback", settings, platform)
            source = tiers or _open_scoring(stack, platform)
            app.state.api_keys = ApiKeys(key_loader(pool))
            app.state.probes += [
                pool_probe(pool, platform),
                _service_key_probe(is_set=source is not None),
            ]
            desk = app.state.desk = Desk(
                pool=pool,
                clock=clock_from(platform.business_now),
                zone=platform.zone,
                secrets=platform.secrets,
                tiers=source,
                tier_budget_s=settings.tier_budget_s,
                cases=_case_desk(settings, source),
                caps=caps_of(settings),
            )
            app.state.counter = _open_counter(stack, platform, desk)
            yield

    return lifespan


def _open_scoring(stack: AsyncExitStack, platform: PlatformSettings) -> ScoringSource | None:
    if platform.tierline_service_key is None:
        return None
    key = platform.tierline_service_key.get_secret_value()
    client, http = scoring_client(platform.scoring_url, key)
    stack.push_async_callback(http.aclose)
    return client


def _open_counter(stack: AsyncExitStack, platform: PlatformSettings, desk: Desk) -> Counter:
    """Open what takes feedback in; it closes with the commits that somebody waits for."""
    telling = Telling(_open_ingest(stack, platform, desk))
    stack.push_async_callback(telling.close)
    asking = None if desk.tiers is None else TogetherAsking(desk.tiers, desk.tier_budget_s)
    if asking is not None:
        stack.push_async_callback(asking.close)
    stack.push_async_callback(desk.cases.levels.close)
    counter = counter_at(desk, asking, telling)
    stack.push_async_callback(counter.close)
    return counter


def _open_ingest(stack: AsyncExitStack, platform: PlatformSettings, desk: Desk) -> Tell | None:
    if platform.tierline_service_key is None:
        return None
    key = platform.tierline_service_key.get_secret_value()
    client, http = ingest_client(platform.ingest_url, key)
    stack.push_async_callback(http.aclose)
    return telling_to(client, desk.pool, desk.secrets)


def _case_desk(settings: FeedbackSettings, source: ScoringSource | None) -> CaseDesk:
    at_most = {
        "csat": settings.case_at_csat,
        "nps": settings.case_at_nps,
        "ces": settings.case_at_ces,
        "review": settings.case_at_review,
    }
    resolution_hours = settings.case_resolution_hours or None
    rules = Rules(at_most, settings.case_response_hours, resolution_hours)
    return CaseDesk(rules, ServiceLevels(source, settings.tier_budget_s))


def _service_key_probe(*, is_set: bool) -> Probe:
    async def probe() -> Check:
        if is_set:
            return Check("service_key", CheckState.OK)
        text = "TIERLINE_SERVICE_KEY is not set: tiers stay unknown, events are not relayed"
        return Check("service_key", CheckState.DEGRADED, text)

    return probe
