"""Every route of experiments, with a body it takes."""

from shared.contracts.experiments import EXAMPLE_BODY, EXAMPLE_EXPERIMENT, EXAMPLE_PLAN
from tests.contract.route import Route

BODY_ROUTES = (
    Route("feedback", "POST", "/v1/experiments", EXAMPLE_EXPERIMENT),
    Route("feedback", "POST", "/v1/experiments/plan", EXAMPLE_PLAN),
    Route("feedback", "PUT", "/v1/experiments/{}", EXAMPLE_BODY),
)
OTHER_ROUTES = (
    Route("feedback", "GET", "/v1/experiments"),
    Route("feedback", "GET", "/v1/experiments/{}"),
    Route("feedback", "POST", "/v1/experiments/{}/start"),
    Route("feedback", "POST", "/v1/experiments/{}/stop"),
    Route("feedback", "GET", "/v1/experiments/{}/assignment"),
    Route("feedback", "GET", "/v1/experiments/{}/exposures"),
    Route("feedback", "GET", "/v1/experiments/{}/result"),
)
