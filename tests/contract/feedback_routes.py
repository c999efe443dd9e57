"""Every route of feedback, with a body it takes."""

from tests.contract.route import Route

FEEDBACK = {"kind": "csat", "rating": 5, "customer": {"customer_id": "c-1"}}
BODY_ROUTES = (Route("feedback", "POST", "/v1/feedback", FEEDBACK),)
OTHER_ROUTES = (Route("feedback", "GET", "/v1/feedback"),)
