"""Lists of customers over HTTP: a page of JSON, or everybody who matches as CSV."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from services.scoring.deps import Listing
from services.scoring.domain.listing import Place, read_place
from services.scoring.domain.programmes.ladder import Rung
from services.scoring.domain.seen.lifecycle import Lifecycle
from services.scoring.usecases.asking.list_customers import CustomerPage, Listed, Wanted
from shared.auth import require
from shared.contracts.common import LocalText, Money
from shared.contracts.customer_list import (
    EXAMPLE_LIST,
    EXAMPLE_LIST_PAGE,
    CustomerListPage,
    CustomerListQuery,
    ListedCustomer,
)
from shared.contracts.tier import Tier
from shared.csv_cells import Cell, csv_row
from shared.money import MoneyFault, exponent_of, format_minor, format_scaled, parse_minor
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    tags=["customers"],
    dependencies=[Depends(require("customers:read")), Depends(require("score:read"))],
)
CSV: Final = "text/csv"
_JSON: Final = "application/json"
_HEADINGS: Final = (
    "customer_id", "tier", "since", "lifecycle", "expected_value", "probability_to_buy",
    "last_purchase", "net_spend_365_days", "currency",
)  # fmt: skip
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Form:
    """In which form; `raw` leaves cells that a spreadsheet would run as they are."""

    format: Annotated[Literal["json", "csv"], Query()] = "json"
    raw: Annotated[Literal["0", "1"], Query()] = "0"


@router.post(
    "/v1/customers/list",
    response_model=CustomerListPage,
    openapi_extra=openapi_body(CustomerListQuery, EXAMPLE_LIST),
    responses={
        200: {"content": {_JSON: {"example": EXAMPLE_LIST_PAGE}, CSV: {}}},
        **problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503),
    },
)
async def list_customers(
    lister: Listing,
    query: Annotated[CustomerListQuery, Depends(json_body(CustomerListQuery))],
    form: Annotated[Form, Depends(Form)],
) -> Response | CustomerListPage:
    """List customers by expected value or id; as CSV all who match, `limit` and cursor aside."""
    currency = await lister.definitions.currency()
    wanted = wanted_of(query, currency)
    if form.format == "csv":
        rows = _csv(await lister.pages(wanted), currency, is_raw=form.raw == "1")
        disposition = {"Content-Disposition": 'attachment; filename="customers.csv"'}
        return StreamingResponse(rows, media_type=f"{CSV}; charset=utf-8", headers=disposition)
    page = await lister.page(wanted, place_of(query), query.limit)
    return page_of(page, currency)


def wanted_of(query: CustomerListQuery, currency: str) -> Wanted:
    """Read a question; raises Problem 422 for amounts that are none of the currency."""
    return Wanted(
        programme=query.programme,
        tier=query.tier,
        stage=None if query.lifecycle is None else Lifecycle(query.lifecycle),
        segment=query.segment,
        condition=query.condition,
        least=_amount("min_value", query.min_value, currency),
        most=_amount("max_value", query.max_value, currency),
        bought_from=query.bought_from,
        bought_until=query.bought_until,
        by_value=query.sort == "value",
    )


def place_of(query: CustomerListQuery) -> Place | None:
    """Read a cursor of a list in the same order; raises Problem 422 for any other."""
    if query.cursor is None:
        return None
    place = read_place(query.cursor)
    if place is None or place.is_by_value != (query.sort == "value"):
        words = "must be the next_cursor of a page of this list"
        raise Problem(INVALID, errors=[FieldFault("/cursor", "bad_cursor", words)])
    return place


def _amount(name: str, text: str | None, currency: str) -> int | None:
    try:
        return None if text is None else parse_minor(text, currency)
    except MoneyFault:
        fault = FieldFault(f"/{name}", "bad_amount", "must be an amount of the shop's currency")
        raise Problem(INVALID, errors=[fault]) from None


def page_of(page: CustomerPage, currency: str) -> CustomerListPage:
    """Put a page into its wire form."""
    return CustomerListPage(
        programme=page.programme.programme_key,
        programme_name=LocalText(**page.programme.document["name"]),
        horizon_days=None if page.scale is None else page.scale.horizon_days,
        business_date=page.today,
        items=[_told(each, currency) for each in page.items],
        next_cursor=None if page.after is None else page.after.written(),
    )


def _told(listed: Listed, currency: str) -> ListedCustomer:
    found, seen = listed.found, listed.appraised
    chance = None if seen is None else seen.probability_to_buy
    value = None if seen is None else seen.value
    return ListedCustomer(
        customer_id=found.customer_id,
        tier=_tier(listed.tier),
        since=found.since,
        lifecycle=None if seen is None else seen.stage.value,
        value=None if value is None else _money(value, currency),
        probability_to_buy=None if chance is None else round(chance, _DIGITS),
        last_purchase=None if seen is None else seen.last_purchase,
        net_spend_365_days=None if seen is None else _money(seen.net_spend, currency),
    )


def _tier(rung: Rung | None) -> Tier | None:
    if rung is None:
        return None
    return Tier(key=rung.key, rank=rung.rank, name=LocalText(**rung.name))


def _money(minor: int, currency: str) -> Money:
    return Money(amount=format_minor(minor, currency), currency=currency)


async def _csv(
    pages: AsyncIterator[CustomerPage], currency: str, *, is_raw: bool
) -> AsyncIterator[str]:
    yield csv_row(_HEADINGS)
    exponent = exponent_of(currency)
    async for page in pages:
        rows = (_cells(each, currency, exponent) for each in page.items)
        yield "".join(csv_row(cells, is_raw=is_raw) for cells in rows)


def _cells(listed: Listed, currency: str, exponent: int) -> tuple[Cell, ...]:
    found, seen = listed.found, listed.appraised
    tier = None if listed.tier is None else listed.tier.key
    if seen is None:  # erased while the list was read
        return (found.customer_id, tier, found.since, None, None, None, None, None, currency)
    chance = seen.probability_to_buy
    return (
        found.customer_id,
        tier,
        found.since,
        seen.stage.value,
        None if seen.value is None else Decimal(format_scaled(seen.value, exponent)),
        None if chance is None else Decimal(f"{chance:.{_DIGITS}f}"),
        seen.last_purchase,
        Decimal(format_scaled(seen.net_spend, exponent)),
        currency,
    )
