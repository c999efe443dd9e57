"""What was done, by whom and why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator

from services.ingest.deps import Admin, Running
from services.ingest.domain.audited import Searched
from services.ingest.usecases.desk.audit import list_notes
from shared.contracts.audit import AuditEntry
from shared.contracts.common import Page
from shared.fields import Instant, identifier
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1/audit", tags=["platform"], responses=problem_responses(400, 401, 403, 422, 503)
)
Text = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]

#: More than other lists give: a log is taken away whole.
Limit = Annotated[int, Query(ge=1, le=1000)]


def searched_acts(
    actor: Text = None,
    action: Text = None,
    subject: Text = None,
    since: Annotated[Instant | None, Query(description="done at this instant or later")] = None,
    until: Annotated[Instant | None, Query(description="done before this instant")] = None,
) -> Searched:
    """Read which acts are asked for."""
    return Searched(actor, action, subject, since, until)


@router.get("")
async def show_audit(
    ingest: Running,
    _: Admin,
    searched: Annotated[Searched, Depends(searched_acts)],
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[AuditEntry]:
    """List what was done, newest first, with reasons; `action=order.corrected` gives those."""
    return await list_notes(ingest.pool, searched, after=cursor, limit=limit)
