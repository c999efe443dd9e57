"""Profiles."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.ingest.deps import CustomerReader, CustomerWriter, PathId, Running
from services.ingest.usecases.people.customers import get_customer, give_identifiers, put_customer
from services.ingest.usecases.people.search import search_customers
from shared.contracts.customers import (
    CustomerProfile,
    CustomerUpdate,
    IdentifiersAnswer,
    IdentifiersRequest,
)
from shared.contracts.search import EXAMPLE_SEARCH, CustomerSearch, SearchAnswer
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1/customers",
    tags=["customers"],
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
)
Update = Annotated[CustomerUpdate, Depends(json_body(CustomerUpdate))]
Identifiers = Annotated[IdentifiersRequest, Depends(json_body(IdentifiersRequest))]
Search = Annotated[CustomerSearch, Depends(json_body(CustomerSearch))]
EXAMPLE_IDENTIFIERS = {
    "identifiers": {"loyalty_account": "M-1", "anonymous_id": "a-1"},
    "take_over": False,
}
EXAMPLE = {
    "attributes": {"city": "Shanghai", "birth_year": 1990},
    "identifiers": {"loyalty_account": "M-1", "phone": "+8613800138000"},
    "consents": {"service": True, "marketing": False},
}


@router.post("/search", openapi_extra=openapi_body(CustomerSearch, EXAMPLE_SEARCH))
async def search(ingest: Running, _: CustomerReader, wanted: Search) -> SearchAnswer:
    """Find customers by any identifier, the beginning of their id, an order or a receipt."""
    return await search_customers(ingest, wanted)


@router.get("/{customer_id}", responses=problem_responses(404))
async def show_customer(
    ingest: Running, _: CustomerReader, customer_id: PathId, response: Response
) -> CustomerProfile:
    """Give a customer's profile, identifiers and consents; its ETag is its version."""
    found = await get_customer(ingest.pool, customer_id, secrets=ingest.secrets)
    response.headers.update(etag(found.version))
    return found


@router.put(
    "/{customer_id}",
    responses=problem_responses(412),
    openapi_extra=openapi_body(CustomerUpdate, EXAMPLE) | {"parameters": [IF_MATCH_PARAMETER]},
)
async def write_customer(
    ingest: Running,
    _: CustomerWriter,
    customer_id: PathId,
    update: Update,
    based_on: Version,
    response: Response,
) -> CustomerProfile:
    """Create or replace a profile, or the one that If-Match names; identifiers are added."""
    written = await put_customer(ingest, customer_id, update, based_on)
    response.headers.update(etag(written.version))
    return written


@router.post(
    "/{customer_id}/identifiers",
    responses=problem_responses(404),
    openapi_extra=openapi_body(IdentifiersRequest, EXAMPLE_IDENTIFIERS),
)
async def link_identifiers(
    ingest: Running, caller: CustomerWriter, customer_id: PathId, body: Identifiers
) -> IdentifiersAnswer:
    """Link identifiers to a customer; a browser nobody owns comes with its history."""
    return await give_identifiers(ingest, caller, customer_id, body)
