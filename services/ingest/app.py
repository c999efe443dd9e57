"""Wire the ingest service together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from services.ingest.errors import (
    BodyTruncated,
    Busy,
    IdentityRefused,
    NamesErased,
    NamespaceTaken,
    NoBaseCurrency,
    NotReplayable,
    OtherBaseCurrency,
    OtherBodyKnown,
    Overloaded,
    ProfileChanged,
    SumsOutOfRange,
    TooManyRequests,
    UnknownConflict,
    UnknownCustomer,
    UnknownErasure,
    UnknownImport,
    UnknownKept,
    UnknownMerge,
    UnknownProduct,
    UnknownStore,
    UploadTooLarge,
)
from services.ingest.routes import BROWSER_PATHS, ROUTERS
from services.ingest.routes.hot_receipts import HOT_ROUTES
from services.ingest.settings import IngestSettings
from services.ingest.usecases.admission import admission
from services.ingest.usecases.committing import group_commit
from services.ingest.usecases.reading import Registry
from services.ingest.usecases.rescoring import Rescorer, Rescoring
from services.ingest.usecases.running import Ingest
from services.ingest.usecases.source_counts import SourceCounts
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.clients.scoring import scoring_client
from shared.clock import clock_from
from shared.cors import Cors
from shared.http import create_service_app
from shared.if_match import STALE
from shared.key_desk import KeyNeeded, UnknownKey
from shared.pools import open_pool, pool_probe
from shared.problem import (
    BUSY,
    CONFLICT,
    GONE,
    NOT_FOUND,
    OUT_OF_RANGE,
    TOO_LARGE,
    TOO_MANY,
    ProblemTable,
)
from shared.settings import PlatformSettings

PROBLEMS: Final[ProblemTable] = {
    UnknownCustomer: NOT_FOUND,
    Busy: BUSY,
    SumsOutOfRange: OUT_OF_RANGE,
    Overloaded: BUSY,
    UnknownErasure: NOT_FOUND,
    NamesErased: GONE,
    TooManyRequests: TOO_MANY,
    NoBaseCurrency: CONFLICT,
    OtherBaseCurrency: CONFLICT,
    NamespaceTaken: CONFLICT,
    UnknownStore: NOT_FOUND,
    UnknownImport: NOT_FOUND,
    UploadTooLarge: TOO_LARGE,
    UnknownKept: NOT_FOUND,
    UnknownProduct: NOT_FOUND,
    NotReplayable: CONFLICT,
    BodyTruncated: CONFLICT,
    OtherBodyKnown: CONFLICT,
    UnknownMerge: NOT_FOUND,
    UnknownConflict: NOT_FOUND,
    IdentityRefused: CONFLICT,
    ProfileChanged: STALE,
    UnknownKey: NOT_FOUND,
    KeyNeeded: CONFLICT,
}


def create_app(
    settings: IngestSettings, platform: PlatformSettings, *, rescorer: Rescorer | None = None
) -> FastAPI:
    """Build the service; `rescorer` replaces the client of scoring in tests."""
    app = create_service_app(
        service="ingest",
        title="Tierline ingest",
        routers=ROUTERS,
        table=PROBLEMS,
        lifespan=_lifespan(settings, platform, rescorer),
        hot_routes=HOT_ROUTES,
        docs_public=settings.docs_public,
    )
    if settings.origins:
        app.add_middleware(Cors, origins=settings.origins, paths=BROWSER_PATHS)
    return app


def _lifespan(
    settings: IngestSettings, platform: PlatformSettings, rescorer: Rescorer | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            pool = await open_pool(stack, "ingest", settings, platform)
            rescoring = await _open_rescoring(stack, settings, platform, rescorer)
            app.state.api_keys = ApiKeys(key_loader(pool))
            app.state.probes.append(pool_probe(pool, platform))
            clock = clock_from(platform.business_now)
            counts = SourceCounts(pool, clock, platform.zone)
            stack.push_async_callback(counts.close)
            committing = group_commit(settings, pool, clock, platform.secrets, rescoring)
            stack.push_async_callback(committing.close)
            app.state.ingest = Ingest(
                settings=settings,
                pool=pool,
                clock=clock,
                secrets=platform.secrets,
                zone=platform.zone,
                home=Path(platform.tierline_home),
                registry=Registry(pool, platform.base_currency),
                rescoring=rescoring,
                committing=committing,
                admission=admission(settings),
                counts=counts,
            )
            yield

    return lifespan


async def _open_rescoring(
    stack: AsyncExitStack,
    settings: IngestSettings,
    platform: PlatformSettings,
    rescorer: Rescorer | None,
) -> Rescoring:
    if rescorer is None and platform.tierline_service_key is not None:
        key = platform.tierline_service_key.get_secret_value()
        rescorer, http = scoring_client(platform.scoring_url, key)
        stack.push_async_callback(http.aclose)
    rescoring = Rescoring(rescorer, limit=settings.rescore_queue)
    stack.push_async_callback(rescoring.close)
    return rescoring
