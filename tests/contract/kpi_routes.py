"""Every route of KPIs, with a body it takes."""

from shared.contracts.kpis import EXAMPLE_TARGET
from tests.contract.route import Route

BODY_ROUTES = (Route("feedback", "PUT", "/v1/kpis/targets", EXAMPLE_TARGET),)
OTHER_ROUTES = (
    Route("feedback", "GET", "/v1/kpis"),
    Route("feedback", "GET", "/v1/kpis/definitions"),
    Route("feedback", "GET", "/v1/kpis/definitions/{}"),
    Route("feedback", "GET", "/v1/kpis/targets"),
    Route("feedback", "POST", "/v1/kpis/rebuild"),
    Route("feedback", "GET", "/v1/jobs"),
    Route("feedback", "GET", "/v1/jobs/{}"),
)
