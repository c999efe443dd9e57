"""Routes of whom to care for."""

from tests.contract.route import Route

OTHER_ROUTES = (
    Route("feedback", "GET", "/v1/care/frequency-drops"),
    Route("feedback", "GET", "/v1/care/win-back"),
    Route("feedback", "GET", "/v1/care/festivals"),
)
