"""Dated rates to the base currency."""

import re
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator

from services.ingest.deps import CustomerReader, CustomerWriter, Running
from services.ingest.errors import RateRefused
from services.ingest.usecases.desk.exchange_rates import list_rates, store_rates
from shared.contracts.common import Page
from shared.contracts.exchange_rates import EXAMPLE_RATES, ExchangeRate, RatesStored, RateUpdates
from shared.fields import currency as currency_code
from shared.fields import fault
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/exchange-rates", tags=["exchange rates"])
Updates = Annotated[RateUpdates, Depends(json_body(RateUpdates))]
Limit = Annotated[int, Query(ge=1, le=1000)]
OfCurrency = Annotated[Annotated[str, AfterValidator(currency_code)] | None, Query()]
_CURSOR: Final = re.compile(r"[A-Z]{3}\.\d{4}-\d\d-\d\d", re.ASCII)
_MESSAGES: Final = {
    "same_currency": "the base currency needs no rate",
    "not_positive": "must be greater than 0",
    "wrong_exponent": "has more decimals than are kept",
    "out_of_range": "is too large",
}


def _place(cursor: str) -> str:
    try:
        if _CURSOR.fullmatch(cursor):
            date.fromisoformat(cursor[4:])
            return cursor
    except ValueError:
        pass
    raise fault("bad_cursor", "must be the next_cursor of a page")


Cursor = Annotated[Annotated[str, AfterValidator(_place)] | None, Query()]


@router.put(
    "",
    responses=problem_responses(400, 401, 403, 409, 413, 415, 422, 503),
    openapi_extra=openapi_body(RateUpdates, EXAMPLE_RATES),
)
async def write_rates(ingest: Running, caller: CustomerWriter, updates: Updates) -> RatesStored:
    """Create or replace dated rates; a purchase uses the latest that began by its business date."""
    try:
        return await store_rates(ingest, updates, actor=caller.name)
    except RateRefused as refused:
        where = f"/rates/{refused.place}/{refused.field}"
        message = _MESSAGES.get(refused.code, "must be a plain decimal string")
        raise Problem(INVALID, errors=[FieldFault(where, refused.code, message)]) from None


@router.get("", responses=problem_responses(400, 401, 403, 422, 503))
async def show_rates(
    ingest: Running,
    _: CustomerReader,
    currency: OfCurrency = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Page[ExchangeRate]:
    """List the rates by currency and day, of one currency or of all."""
    return await list_rates(ingest, currency, after=cursor, limit=limit)
