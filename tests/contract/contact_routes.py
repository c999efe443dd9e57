"""The routes of contacts, time lines and offers, each with a body it takes."""

from typing import Final

from shared.contracts.contacts import EXAMPLE_INTERACTION
from shared.contracts.offers import EXAMPLE_OFFER, EXAMPLE_OFFER_BODY, EXAMPLE_RESPONSE
from tests.contract.route import Route

BODY_ROUTES: Final = (
    Route("feedback", "POST", "/v1/interactions", EXAMPLE_INTERACTION),
    Route("feedback", "POST", "/v1/offers", EXAMPLE_OFFER),
    Route("feedback", "PUT", "/v1/offers/{}", EXAMPLE_OFFER_BODY),
    Route("feedback", "POST", "/v1/offers/{}/responses", EXAMPLE_RESPONSE),
)
OTHER_ROUTES: Final = (
    Route("feedback", "GET", "/v1/interactions"),
    Route("feedback", "GET", "/v1/interactions/{}"),
    Route("feedback", "GET", "/v1/customers/{}/timeline"),
    Route("feedback", "GET", "/v1/offers"),
    Route("feedback", "GET", "/v1/offers/{}"),
    Route("feedback", "GET", "/v1/unknown-offers"),
    Route("feedback", "GET", "/v1/offers/{}/responses"),
    Route("feedback", "GET", "/v1/offers/{}/results"),
)
