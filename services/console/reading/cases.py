"""What pages ask of cases: the inbox, one case, and how fast cases are answered."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseAnswer, CaseItem, CaseTimes
from shared.contracts.common import Page


async def list_cases(
    visit: Visit, given: Mapping[str, object], cursor: str | None, limit: int
) -> Page[CaseItem]:
    """Give a page of cases by when their answer is due; `given` is as GET /v1/cases takes it."""
    query = {**given, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/cases", Page[CaseItem], query)


async def one_case(visit: Visit, case_id: str) -> CaseAnswer:
    """Give one case with what was said, decided and done."""
    return await visit.feedback.get(f"/v1/cases/{quote(case_id, safe='')}", CaseAnswer)


async def case_times(visit: Visit, since: datetime, until: datetime) -> CaseTimes:
    """Tell how fast the cases opened in a time were answered, by tier."""
    query = {"since": since.isoformat(), "until": until.isoformat()}
    return await visit.feedback.get("/v1/cases/times", CaseTimes, query)
