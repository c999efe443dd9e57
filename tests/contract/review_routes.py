"""Routes of programme reviews, each with a body it takes."""

from typing import Final

from shared.contracts.reviews import EXAMPLE_FINDING_CHANGE, EXAMPLE_REVIEW
from tests.contract.route import Route

FINDING: Final = "/v1/reviews/{}/findings/{}"
BODY_ROUTES: Final = (
    Route("feedback", "POST", "/v1/reviews", EXAMPLE_REVIEW),
    Route("feedback", "PATCH", FINDING, EXAMPLE_FINDING_CHANGE),
)
OTHER_ROUTES: Final = (
    Route("feedback", "GET", "/v1/reviews"),
    Route("feedback", "GET", "/v1/reviews/{}"),
    Route("feedback", "GET", FINDING),
)
