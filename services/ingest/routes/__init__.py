"""Every router of ingest, in the order its documentation shows them."""

from services.ingest.routes import (
    audit,
    customers,
    events,
    exchange_rates,
    imports,
    keys,
    merges,
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
    return_findings.router,
    imports.router,
    audit.router,
    keys.router,
)

#: Where a page may post, with a publishable key.
BROWSER_PATHS = frozenset({"/v1/events", *segment.ADDRESSES})
