"""Every route of every service, with a body it takes."""

from services.scoring.routes.contracts.webhook_contracts import EXAMPLE_CHANGE, EXAMPLE_ENDPOINT
from services.scoring.routes.contracts.webhook_contracts import (
    EXAMPLE_REPLAY as EXAMPLE_WEBHOOK_REPLAY,
)
from shared.contracts.controls import EXAMPLE_GRANT, EXAMPLE_PIN
from shared.contracts.customer_list import EXAMPLE_LIST
from shared.contracts.entitlements import EXAMPLE_REDEEM
from shared.contracts.events import EXAMPLE_EVENTS
from shared.contracts.exchange_rates import EXAMPLE_RATES
from shared.contracts.keys import EXAMPLE_KEY
from shared.contracts.merges import EXAMPLE_MERGE
from shared.contracts.points import EXAMPLE_ADJUST, EXAMPLE_REDEEM_POINTS
from shared.contracts.privacy import EXAMPLE_CONSENTS, EXAMPLE_ERASE
from shared.contracts.products import EXAMPLE_PRODUCT, EXAMPLE_PRODUCTS
from shared.contracts.programmes import (
    EXAMPLE_DRAFT,
    EXAMPLE_PROGRAMME,
    EXAMPLE_PUBLISH,
    EXAMPLE_ROLLBACK,
)
from shared.contracts.quarantine import EXAMPLE_REPLAY_ALL
from shared.contracts.receipts import EXAMPLE_RECEIPTS
from shared.contracts.search import EXAMPLE_SEARCH
from shared.contracts.segment import EXAMPLES as SEGMENT_EXAMPLES
from shared.contracts.segments import EXAMPLE_BODY as EXAMPLE_SEGMENT_BODY
from shared.contracts.segments import EXAMPLE_PREVIEW, EXAMPLE_SEGMENT
from shared.contracts.session import EXAMPLE_SESSION
from shared.contracts.simulations import EXAMPLE_SIMULATION
from shared.contracts.sources import EXAMPLE_SOURCE
from shared.contracts.webhooks import EXAMPLE_ORDER, EXAMPLE_PAYMENT, EXAMPLE_SETUP
from shared.contracts.what_if import EXAMPLE_WHAT_IF
from tests.contract import feedback_routes, survey_routes
from tests.contract.route import MIB, Route

STORE = {"name": {"en": "One", "zh": "一"}, "time_zone": "Asia/Shanghai"}
BODY_ROUTES = (
    Route("ingest", "POST", "/v1/receipts", EXAMPLE_RECEIPTS, 8 * MIB),
    Route("ingest", "POST", "/v1/events", EXAMPLE_EVENTS, 8 * MIB, takes_pages=True),
    Route("ingest", "PUT", "/v1/customers/{}", {"attributes": {"city": "Shanghai"}}),
    Route("ingest", "PUT", "/v1/stores/{}", STORE),
    Route("ingest", "PUT", "/v1/exchange-rates", EXAMPLE_RATES),
    Route("ingest", "PUT", "/v1/sources/{}/webhook", EXAMPLE_SETUP),
    Route("ingest", "PUT", "/v1/sources/{}", EXAMPLE_SOURCE),
    Route("ingest", "POST", "/v1/customers/{}/identifiers", {"identifiers": {"device_id": "d"}}),
    Route("ingest", "POST", "/v1/customers/search", EXAMPLE_SEARCH),
    Route("ingest", "POST", "/v1/merges", EXAMPLE_MERGE),
    Route("ingest", "POST", "/v1/identity-conflicts/{}/resolve", {"keep": "holder"}),
    Route("ingest", "POST", "/v1/customers/{}/erase", EXAMPLE_ERASE),
    Route("ingest", "PUT", "/v1/customers/{}/consents", EXAMPLE_CONSENTS),
    Route("ingest", "POST", "/v1/quarantine/replay", EXAMPLE_REPLAY_ALL),
    Route("ingest", "PUT", "/v1/products", EXAMPLE_PRODUCTS),
    Route("ingest", "PUT", "/v1/products/{}", EXAMPLE_PRODUCT),
    Route("ingest", "POST", "/v1/keys", EXAMPLE_KEY),
    Route("scoring", "POST", "/v1/tiers/query", {"customer_ids": ["c-1"]}),
    Route("scoring", "POST", "/v1/customers/list", EXAMPLE_LIST),
    Route("scoring", "POST", "/v1/customers/{}/what-if", EXAMPLE_WHAT_IF),
    Route("scoring", "POST", "/v1/sessions", EXAMPLE_SESSION),
    Route("scoring", "POST", "/v1/models/train", {}),
    Route("scoring", "POST", "/v1/models/rollback", {"reason": "too low"}),
    Route("scoring", "POST", "/v1/customers/{}/pins", EXAMPLE_PIN),
    Route("scoring", "POST", "/v1/customers/{}/grants", EXAMPLE_GRANT),
    Route("scoring", "POST", "/v1/programmes", EXAMPLE_PROGRAMME),
    Route("scoring", "POST", "/v1/programmes/check", EXAMPLE_DRAFT),
    Route("scoring", "POST", "/v1/programmes/{}/versions", EXAMPLE_DRAFT),
    Route("scoring", "POST", "/v1/programmes/{}/versions/{}/publish", EXAMPLE_PUBLISH),
    Route("scoring", "POST", "/v1/programmes/{}/rollback", EXAMPLE_ROLLBACK),
    Route("scoring", "POST", "/v1/programmes/{}/versions/{}/simulate", EXAMPLE_SIMULATION),
    Route("scoring", "POST", "/internal/service-levels", {"customer_ids": ["c-1"]}),
    Route("scoring", "POST", "/internal/rescore", {"profile_ids": ["0" * 32]}),
    Route("scoring", "POST", "/v1/customers/{}/entitlements/{}/redeem", EXAMPLE_REDEEM),
    Route("scoring", "POST", "/v1/segments", EXAMPLE_SEGMENT),
    Route("scoring", "PUT", "/v1/segments/{}", EXAMPLE_SEGMENT_BODY),
    Route("scoring", "POST", "/v1/segments/preview", EXAMPLE_PREVIEW),
    Route("scoring", "POST", "/v1/webhooks", EXAMPLE_ENDPOINT),
    Route("scoring", "PUT", "/v1/webhooks/{}", EXAMPLE_CHANGE),
    Route("scoring", "POST", "/v1/webhooks/{}/replay", EXAMPLE_WEBHOOK_REPLAY),
    Route("scoring", "POST", "/v1/customers/{}/points/redeem", EXAMPLE_REDEEM_POINTS),
    Route("scoring", "POST", "/v1/customers/{}/points/adjust", EXAMPLE_ADJUST),
    *feedback_routes.BODY_ROUTES,
)
OTHER_ROUTES = (
    Route("ingest", "POST", "/v1/imports"),
    Route("ingest", "GET", "/v1/imports"),
    Route("ingest", "GET", "/v1/imports/mappings"),
    Route("ingest", "GET", "/v1/imports/{}"),
    Route("ingest", "GET", "/v1/imports/{}/errors"),
    Route("ingest", "GET", "/v1/customers/{}"),
    Route("ingest", "GET", "/v1/merges"),
    Route("ingest", "DELETE", "/v1/merges/{}"),
    Route("ingest", "GET", "/v1/identity-conflicts"),
    Route("ingest", "GET", "/v1/exchange-rates"),
    Route("ingest", "GET", "/v1/sources"),
    Route("ingest", "GET", "/v1/stores"),
    Route("ingest", "GET", "/v1/quarantine"),
    Route("ingest", "GET", "/v1/quality"),
    Route("ingest", "GET", "/v1/quality/summary"),
    Route("ingest", "GET", "/v1/quality/days"),
    Route("ingest", "GET", "/v1/connectors"),
    Route("ingest", "GET", "/v1/connectors/log"),
    Route("ingest", "GET", "/v1/quarantine/summary"),
    Route("ingest", "GET", "/v1/products"),
    Route("ingest", "GET", "/v1/products/{}"),
    Route("ingest", "GET", "/v1/quarantine/{}"),
    Route("ingest", "POST", "/v1/quarantine/{}/replay"),
    Route("ingest", "GET", "/v1/stores/{}"),
    Route("ingest", "GET", "/v1/customers/{}/export"),
    Route("ingest", "GET", "/v1/customers/{}/consents"),
    Route("ingest", "GET", "/v1/erasures/{}"),
    Route("ingest", "GET", "/v1/retention"),
    Route("ingest", "GET", "/v1/return-findings"),
    Route("ingest", "GET", "/v1/corrections"),
    Route("ingest", "GET", "/v1/audit"),
    Route("ingest", "GET", "/v1/keys"),
    Route("ingest", "GET", "/v1/ops/queues"),
    Route("ingest", "GET", "/v1/jobs"),
    Route("ingest", "GET", "/v1/jobs/{}"),
    Route("ingest", "DELETE", "/v1/keys/{}"),
    Route("scoring", "GET", "/v1/customers/{}/tier"),
    Route("scoring", "GET", "/v1/customers/{}/tier/history"),
    Route("scoring", "GET", "/v1/customers/{}/score"),
    Route("scoring", "GET", "/v1/customers/{}/score/history"),
    Route("scoring", "GET", "/v1/customers/{}/features"),
    Route("scoring", "GET", "/v1/customers/{}/explanation"),
    Route("scoring", "GET", "/v1/customers/{}/lifecycle"),
    Route("scoring", "GET", "/v1/programmes/{}/stability"),
    Route("scoring", "GET", "/v1/programmes/{}/distribution"),
    Route("scoring", "GET", "/v1/programmes/{}/distribution/history"),
    Route("scoring", "GET", "/v1/programmes/{}/migration"),
    Route("scoring", "GET", "/v1/programmes/{}/changes"),
    Route("scoring", "GET", "/v1/value/concentration"),
    Route("scoring", "GET", "/v1/status"),
    Route("scoring", "GET", "/v1/customers/{}/pins"),
    Route("scoring", "DELETE", "/v1/customers/{}/pins"),
    Route("scoring", "GET", "/v1/customers/{}/grants"),
    Route("scoring", "DELETE", "/v1/customers/{}/grants"),
    Route("scoring", "GET", "/v1/models"),
    Route("scoring", "GET", "/v1/models/{}/backtest"),
    Route("scoring", "GET", "/v1/training-sets/{}"),
    Route("scoring", "GET", "/v1/models/drift"),
    Route("scoring", "POST", "/v1/models/{}/shadow"),
    Route("scoring", "DELETE", "/v1/models/shadow"),
    Route("scoring", "GET", "/v1/models/{}"),
    Route("scoring", "POST", "/v1/models/{}/promote"),
    Route("scoring", "DELETE", "/v1/customers/{}/pins/{}"),
    Route("scoring", "DELETE", "/v1/customers/{}/grants/{}"),
    Route("scoring", "GET", "/v1/programmes"),
    Route("scoring", "GET", "/v1/programmes/schema"),
    Route("scoring", "GET", "/v1/programmes/{}"),
    Route("scoring", "GET", "/v1/programmes/{}/versions"),
    Route("scoring", "GET", "/v1/programmes/{}/versions/compare"),
    Route("scoring", "GET", "/v1/programmes/{}/versions/{}/simulation"),
    Route("scoring", "DELETE", "/v1/programmes/{}/versions/{}/simulation"),
    Route("scoring", "GET", "/v1/programmes/{}/versions/{}"),
    Route("scoring", "GET", "/v1/presets"),
    Route("scoring", "GET", "/v1/presets/{}"),
    Route("scoring", "GET", "/v1/jobs"),
    Route("scoring", "GET", "/v1/jobs/{}"),
    Route("scoring", "GET", "/v1/customers/{}/entitlements"),
    Route("scoring", "GET", "/v1/customers/{}/entitlements/redemptions"),
    Route("scoring", "POST", "/v1/customers/{}/entitlements/redemptions/{}/cancel"),
    Route("scoring", "GET", "/v1/segments"),
    Route("scoring", "GET", "/v1/segments/{}"),
    Route("scoring", "DELETE", "/v1/segments/{}"),
    Route("scoring", "GET", "/v1/segments/{}/count"),
    Route("scoring", "GET", "/v1/segments/{}/members"),
    Route("scoring", "GET", "/v1/webhooks"),
    Route("scoring", "GET", "/v1/webhooks/{}"),
    Route("scoring", "DELETE", "/v1/webhooks/{}"),
    Route("scoring", "POST", "/v1/webhooks/{}/rotate"),
    Route("scoring", "POST", "/v1/webhooks/{}/ping"),
    Route("scoring", "GET", "/v1/webhooks/{}/deliveries"),
    Route("scoring", "POST", "/v1/webhooks/{}/deliveries/{}/replay"),
    Route("scoring", "GET", "/v1/customers/{}/points"),
    Route("scoring", "GET", "/v1/customers/{}/points/entries"),
    Route("scoring", "POST", "/v1/customers/{}/points/redemptions/{}/cancel"),
    *feedback_routes.OTHER_ROUTES,
)
ROUTES = BODY_ROUTES + OTHER_ROUTES
# Known by a signature, not by a key (tests/integration/ingest/test_webhooks.py; a session's token:
# tests/unit/scoring/test_session_tokens.py).
SIGNED_ROUTES = (
    Route("scoring", "GET", "/v1/session/tier"),
    Route("ingest", "POST", "/v1/webhooks/shopify/{}", EXAMPLE_ORDER, 8 * MIB),
    Route("ingest", "POST", "/v1/webhooks/square/{}", EXAMPLE_PAYMENT, 8 * MIB),
    *survey_routes.SIGNED_ROUTES,
)
# They answer in a form of their own (tests/contract/test_hostile_segment.py).
SEGMENT_ROUTES = tuple(
    Route("ingest", "POST", f"/v1/{kind}", example, 8 * MIB, takes_pages=True)
    for kind, example in SEGMENT_EXAMPLES.items()
)
NAMED_ROUTES = tuple(route for route in ROUTES if "{}" in route.path)
