"""What pages ask of feedback: what was said, and how satisfied people are from week to week."""

from collections.abc import Mapping
from datetime import date

from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.feedback import FeedbackItem
from shared.contracts.kpis import KpiReport

#: Each rating's KPI; what they were counted from is how many gave that rating.
RATINGS = ("csat", "nps", "ces")


async def list_feedback(
    visit: Visit, given: Mapping[str, object], cursor: str | None, limit: int
) -> Page[FeedbackItem]:
    """Give a page of feedback, the newest first; `given` is as GET /v1/feedback takes it."""
    query = {**given, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/feedback", Page[FeedbackItem], query)


async def ratings_by_week(visit: Visit, first: date, last: date) -> KpiReport:
    """Give the ratings of some weeks, from the roll-ups."""
    query = {"keys": ",".join(RATINGS), "grain": "week", "from": first, "to": last}
    return await visit.feedback.get("/v1/kpis", KpiReport, query)
