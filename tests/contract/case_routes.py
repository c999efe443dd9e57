"""The routes of cases, each with a body it takes."""

from typing import Any, Final

import httpx

from shared.contracts.cases import (
    EXAMPLE_CASE,
    EXAMPLE_CASE_CHANGE,
    EXAMPLE_DECISION,
    EXAMPLE_REOPEN,
)
from shared.contracts.service_calendar import EXAMPLE_CALENDAR
from tests.contract.route import Route

BODY_ROUTES: Final = (
    Route("feedback", "POST", "/v1/cases", EXAMPLE_CASE),
    Route("feedback", "PUT", "/v1/cases/calendar", EXAMPLE_CALENDAR),
    Route("feedback", "PATCH", "/v1/cases/{}", EXAMPLE_CASE_CHANGE),
    Route("feedback", "POST", "/v1/cases/{}/reopen", EXAMPLE_REOPEN),
    Route("feedback", "POST", "/v1/cases/{}/decision", EXAMPLE_DECISION),
)
OTHER_ROUTES: Final = (
    Route("feedback", "GET", "/v1/cases"),
    Route("feedback", "GET", "/v1/cases/calendar"),
    Route("feedback", "GET", "/v1/cases/times"),
    Route("feedback", "GET", "/v1/cases/{}"),
)


def some_case(feedback: httpx.Client, path: str) -> dict[str, Any]:
    """Open a case that the example of a route can be sent to."""
    kind = "tier_dispute" if path.endswith("/decision") else "complaint"
    case: dict[str, Any] = feedback.post("/v1/cases", json=EXAMPLE_CASE | {"kind": kind}).json()
    if path.endswith("/reopen"):
        answered = {"state": "answered", "answer": "Sorry"}
        address = f"/v1/cases/{case['case_id']}"
        feedback.patch(address, json=answered, headers={"If-Match": '"2"'}).raise_for_status()
    return case
