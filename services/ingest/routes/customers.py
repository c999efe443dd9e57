"""Profiles."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.ingest.deps import CustomerReader, CustomerWriter, PathId, Running
from services.ingest.usecases.customers import get_customer, put_customer
from shared.contracts.customers import CustomerProfile, CustomerUpdate
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1/customers",
    tags=["customers"],
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
)
Update = Annotated[CustomerUpdate, Depends(json_body(CustomerUpdate))]
EXAMPLE = {
    "attributes": {"city": "Shanghai", "birth_year": 1990},
    "identifiers": {"loyalty_account": "M-1", "phone": "+8613800138000"},
    "consents": {"service": True, "marketing": False},
}


@router.get("/{customer_id}", responses=problem_responses(404))
async def show_customer(ingest: Running, _: CustomerReader, customer_id: PathId) -> CustomerProfile:
    """Give a customer's profile, identifiers and consents."""
    return await get_customer(ingest.pool, customer_id, secrets=ingest.secrets)


@router.put("/{customer_id}", openapi_extra=openapi_body(CustomerUpdate, EXAMPLE))
async def write_customer(
    ingest: Running, _: CustomerWriter, customer_id: PathId, update: Update
) -> CustomerProfile:
    """Create or replace a customer's profile; identifiers are added, never taken from another."""
    now = ingest.clock.now()
    return await put_customer(ingest.pool, customer_id, update, secrets=ingest.secrets, now=now)
