"""Every route of feedback, with a body it takes."""

from tests.contract import experiment_routes
from tests.contract.route import Route

FEEDBACK = {"kind": "csat", "rating": 5, "customer": {"customer_id": "c-1"}}
BODY_ROUTES = (
    Route("feedback", "POST", "/v1/feedback", FEEDBACK),
    *experiment_routes.BODY_ROUTES,
)
OTHER_ROUTES = (
    Route("feedback", "GET", "/v1/feedback"),
    Route("feedback", "GET", "/v1/feedback/{}"),
    *experiment_routes.OTHER_ROUTES,
)
