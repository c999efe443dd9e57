"""The routes of surveys, with a body each takes."""

from shared.contracts.invitations import EXAMPLE_ANSWERS, EXAMPLE_INVITATIONS, EXAMPLE_SAVED
from shared.contracts.surveys import EXAMPLE_DOCUMENT, EXAMPLE_SURVEY
from tests.contract.route import Route

BODY_ROUTES = (
    Route("feedback", "POST", "/v1/surveys", EXAMPLE_SURVEY),
    Route("feedback", "PUT", "/v1/surveys/{}", EXAMPLE_DOCUMENT),
    Route("feedback", "POST", "/v1/surveys/{}/invitations", EXAMPLE_INVITATIONS),
)
OTHER_ROUTES = (
    Route("feedback", "GET", "/v1/surveys"),
    Route("feedback", "GET", "/v1/surveys/{}"),
    Route("feedback", "DELETE", "/v1/surveys/{}"),
    Route("feedback", "POST", "/v1/surveys/{}/open"),
    Route("feedback", "POST", "/v1/surveys/{}/close"),
    Route("feedback", "GET", "/v1/surveys/{}/results"),
    Route("feedback", "GET", "/v1/surveys/{}/responses"),
)
#: Known by the token of a link (tests/integration/feedback/test_survey_answering.py).
SIGNED_ROUTES = (
    Route("feedback", "GET", "/v1/surveys/answer/{}"),
    Route("feedback", "PUT", "/v1/surveys/answer/{}", EXAMPLE_SAVED),
    Route("feedback", "POST", "/v1/surveys/answer/{}", EXAMPLE_ANSWERS),
)
