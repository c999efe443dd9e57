"""Files taken in by the worker."""

from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import AfterValidator

from services.ingest.deps import EventWriter, Limit, Running
from services.ingest.domain.files.mapping import MappingRefused
from services.ingest.errors import UploadTooLarge
from services.ingest.usecases.files.import_mappings import known_mappings, uploadable_mappings
from services.ingest.usecases.files.imports import (
    MAX_UPLOAD_BYTES,
    Asked,
    Chosen,
    asked_for,
    import_errors,
    import_status,
    list_imports,
    take_upload,
)
from shared.auth import check_scope
from shared.contracts.common import Page
from shared.contracts.imports import Import, ImportAccepted, ImportState, ReadyMadeMappings
from shared.fields import identifier
from shared.forms import form
from shared.keys import ADMIN, Caller
from shared.problem import INVALID, UNSUPPORTED_MEDIA, FieldFault, Problem
from shared.problem_handlers import problem_responses

router = APIRouter(prefix="/v1/imports", tags=["imports"])
#: Media type of a body -> how the file is read.
KINDS: Final = {
    "text/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/vnd.apache.parquet": "parquet",
}
_EXAMPLES: Final = {
    "text/csv": (
        "customer_id,occurred_at,amount,order_id\nc-1,2026-11-21T12:23:46+08:00,12.37,o-1\n"
    ),
    "application/x-ndjson": (
        '{"customer_id":"c-1","occurred_at":"2026-11-21T12:23:46+08:00","amount":"12.37",'
        '"order_id":"o-1"}\n'
    ),
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            | ({"example": _EXAMPLES[kind]} if kind in _EXAMPLES else {})
            for kind in KINDS
        },
    }
}
MappingText = Annotated[
    str | None,
    Query(
        # percent-encoded, four bytes a character: still an address that servers read
        max_length=4_096,
        description="A mapping as JSON, or the name of a ready-made one",
        examples=["shopify"],
    ),
]
_CURRENCY: Final = form("^[A-Z]{3}$", "must be an ISO 4217 code of three capital letters")
_FILE_NAME: Final = form(r"^[^/\\]*$", "must be the name of a file, without its folders")
FileName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        pattern=_FILE_NAME,
        description="What the file is called where it came from, for people",
        examples=["orders_export.csv"],
    ),
]
OfSource = Annotated[
    Annotated[str, AfterValidator(identifier)] | None,
    Query(
        min_length=1,
        max_length=128,
        description="Whose purchases: another source than the key's own takes an admin key",
    ),
]
CurrencyText = Annotated[str | None, Query(pattern=_CURRENCY, examples=["CNY"])]


@router.post(
    "",
    status_code=202,
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
    openapi_extra=_BODY,
)
async def upload(  # noqa: PLR0917 - FastAPI injects by parameter
    request: Request,
    response: Response,
    ingest: Running,
    caller: EventWriter,
    mapping: MappingText = None,
    currency: CurrencyText = None,
    file_name: FileName = None,
    source: OfSource = None,
    dry_run: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> ImportAccepted:
    """Keep a file of purchases and take it in afterwards; `Location` tells how far it is."""
    declared = request.headers.get("content-length", "")
    if len(declared) > 20 or (declared.isdecimal() and int(declared) > MAX_UPLOAD_BYTES):
        raise UploadTooLarge
    asked = _asked(request, mapping, currency, is_dry_run=dry_run)
    if source is not None:
        check_scope(caller, ADMIN)
    asked = replace(asked, file_name=file_name, requested_by=caller.name)
    source_id = source or caller.source or caller.name
    accepted = await take_upload(ingest, source_id, asked, request.stream())
    response.headers["Location"] = f"/v1/imports/{accepted.import_id}"
    return accepted


@router.get("", responses=problem_responses(400, 401, 403, 422, 503))
async def show_imports(  # noqa: PLR0917 - FastAPI injects by parameter
    ingest: Running,
    caller: EventWriter,
    source: OfSource = None,
    status: ImportState | None = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[Import]:
    """List imports, newest first: those of the key's source, or of any with an admin key."""
    own = _seen_by(caller)
    if source is not None and own not in (None, source):
        return Page(items=[])
    return await list_imports(ingest, Chosen(own or source, status), before=cursor, limit=limit)


@router.get("/mappings", responses=problem_responses(400, 401, 403, 422, 503))
async def show_mappings(_: EventWriter) -> ReadyMadeMappings:
    """List the ready-made mappings: name one when a file of that form is uploaded."""
    return ReadyMadeMappings(items=uploadable_mappings())


@router.get("/{import_id}", responses=problem_responses(400, 401, 403, 404, 422, 503))
async def show_import(ingest: Running, caller: EventWriter, import_id: UUID) -> Import:
    """Tell how far an import is."""
    return await import_status(ingest, import_id, _seen_by(caller))


@router.get(
    "/{import_id}/errors",
    response_class=Response,
    responses=problem_responses(400, 401, 403, 404, 422, 503)
    | {
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        204: {"description": "Every row had its effect"},
    },
)
async def show_errors(ingest: Running, caller: EventWriter, import_id: UUID) -> Response:
    """List the rows that had no effect: number, code and message, never their content."""
    path = await import_errors(ingest, import_id, _seen_by(caller))
    if path is None:
        return Response(status_code=204)
    return FileResponse(path, media_type="text/csv", filename=f"{import_id}.errors.csv")


def _seen_by(caller: Caller) -> str | None:
    return None if caller.may(ADMIN) else caller.source or caller.name


def _asked(
    request: Request, mapping: str | None, currency: str | None, *, is_dry_run: bool
) -> Asked:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in KINDS or request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(UNSUPPORTED_MEDIA, f"Send {', '.join(KINDS)}, not packed")
    try:
        return asked_for(KINDS[media], mapping, currency, is_dry_run=is_dry_run)
    except MappingRefused:
        # what is wrong in it would be told in words of the input
        known = f"must be a mapping as JSON, or one of {', '.join(known_mappings())}"
        fault = FieldFault("/mapping", "bad_mapping", known)
        raise Problem(INVALID, errors=[fault]) from None
