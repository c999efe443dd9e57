"""Every router of ingest, in the order its documentation shows them."""

from services.ingest.deps import pool_of
from services.ingest.routes import (
    audit,
    connectors,
    customers,
    events,
    exchange_rates,
    imports,
    keys,
    merges,
    ops,
    privacy,
    products,
    quality,
    quarantine,
    receipts,
    return_findings,
    segment,
    sources,
    stores,
    webhooks,
)
from services.ingest.usecases.files.imports import IMPORT
from services.ingest.usecases.privacy.erasures import KIND as ERASE
from shared.job_routes import jobs_router

JOB_KINDS = frozenset({IMPORT, ERASE})
ROUTERS = (
    receipts.router,
    events.router,
    segment.router,
    webhooks.router,
    customers.router,
    merges.router,
    privacy.router,
    stores.router,
    sources.router,
    products.router,
    exchange_rates.router,
    quarantine.router,
    quality.router,
    connectors.router,
    return_findings.router,
    imports.router,
    audit.router,
    keys.router,
    ops.router,
    jobs_router("admin", JOB_KINDS, pool_of),
)

#: Where a page may post, with a publishable key.
BROWSER_PATHS = frozenset({"/v1/events", *segment.ADDRESSES})
