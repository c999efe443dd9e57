"""What routes and use cases are given, made once in the lifespan."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator

from services.ingest.usecases.running import Ingest
from shared.auth import require
from shared.fields import identifier
from shared.keys import Caller


def running(request: Request) -> Ingest:
    """Return the running service."""
    ingest: Ingest = request.app.state.ingest
    return ingest


Running = Annotated[Ingest, Depends(running)]
EventWriter = Annotated[Caller, Depends(require("events:write"))]
CustomerReader = Annotated[Caller, Depends(require("customers:read"))]
CustomerWriter = Annotated[Caller, Depends(require("customers:write"))]
Admin = Annotated[Caller, Depends(require("admin"))]
ReportReader = Annotated[Caller, Depends(require("reports:read"))]
PathId = Annotated[str, Path(max_length=128), AfterValidator(identifier)]
#: The last id of a page, where ids are the shop's own.
IdCursor = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]
Limit = Annotated[int, Query(ge=1, le=200)]
