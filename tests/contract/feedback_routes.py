"""Every route of feedback, with a body it takes."""

from tests.contract import (
    care_routes,
    case_routes,
    contact_routes,
    experiment_routes,
    kpi_routes,
    playbook_routes,
    review_routes,
    survey_routes,
)
from tests.contract.route import Route

FEEDBACK = {"kind": "csat", "rating": 5, "customer": {"customer_id": "c-1"}}
BODY_ROUTES = (
    Route("feedback", "POST", "/v1/feedback", FEEDBACK),
    *case_routes.BODY_ROUTES,
    *contact_routes.BODY_ROUTES,
    *experiment_routes.BODY_ROUTES,
    *kpi_routes.BODY_ROUTES,
    *playbook_routes.BODY_ROUTES,
    *review_routes.BODY_ROUTES,
    *survey_routes.BODY_ROUTES,
)
OTHER_ROUTES = (
    *care_routes.OTHER_ROUTES,
    *case_routes.OTHER_ROUTES,
    *contact_routes.OTHER_ROUTES,
    Route("feedback", "GET", "/v1/feedback"),
    Route("feedback", "GET", "/v1/feedback/{}"),
    *experiment_routes.OTHER_ROUTES,
    *kpi_routes.OTHER_ROUTES,
    *playbook_routes.OTHER_ROUTES,
    *review_routes.OTHER_ROUTES,
    *survey_routes.OTHER_ROUTES,
)
