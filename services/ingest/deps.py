"""What routes and use cases are given, made once in the lifespan."""

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator

from services.ingest.usecases.running import Ingest
from shared.auth import ApiKeys, check_scope, require
from shared.fields import identifier
from shared.idempotency import key_of
from shared.keys import Caller, KeyKind

EVENTS_WRITE: Final = "events:write"
#: What a publishable key carries: browsing, posted from a page.
BROWSE_WRITE: Final = "browse:write"


def running(request: Request) -> Ingest:
    """Return the running service."""
    ingest: Ingest = request.app.state.ingest
    return ingest


def pool_of(request: Request) -> Any:
    """Return the service's pool of connections."""
    return running(request).pool


def admitted(caller: Caller) -> Caller:
    """Let in who may post events, or browsing from a page; raises Problem 403."""
    check_scope(caller, BROWSE_WRITE if is_page(caller) else EVENTS_WRITE)
    return caller


def is_page(caller: Caller) -> bool:
    """Tell whether a key is one that everybody can read in a page."""
    return caller.kind is KeyKind.PUBLISHABLE


async def event_sender(request: Request) -> Caller:
    """Name who posts events, with a secret key or a publishable one."""
    keys: ApiKeys = request.app.state.api_keys
    return admitted(await keys.caller_in(request))


Running = Annotated[Ingest, Depends(running)]
EventWriter = Annotated[Caller, Depends(require(EVENTS_WRITE))]
EventSender = Annotated[Caller, Depends(event_sender)]
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
IdempotencyKey = Annotated[str | None, Depends(key_of)]
