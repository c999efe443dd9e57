"""What is seen of a customer, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.scoring.deps import Day, Known, Pool
from services.scoring.domain.feature_words import FEATURE_WORDS
from services.scoring.domain.seen.buyer_type import BUYER_TYPE_WORDS, BuyerType
from services.scoring.domain.seen.feature_sheet import Reading
from services.scoring.domain.seen.formulas_zh import FORMULAS_ZH
from services.scoring.domain.seen.habit_words import HABIT_WORDS
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.ask_features import FeatureDesk, FeatureSheet
from shared.auth import require
from shared.contracts.common import LocalText, Money
from shared.contracts.features import (
    EXAMPLE_FEATURES,
    BuyerTypeReading,
    FeatureAnswer,
    FeatureReading,
)
from shared.money import format_minor
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import BusinessDate

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])

UpTo = Annotated[
    BusinessDate | None,
    Query(description="the last business date that counts, by default today; not a later one"),
]


@router.get(
    "/v1/customers/{customer_id}/features",
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_FEATURES}}},
        **problem_responses(400, 401, 403, 404, 422, 503),
    },
)
async def customer_features(
    pool: Pool, catalog: Known, day: Day, customer_id: str, business_date: UpTo = None
) -> FeatureAnswer:
    """Tell every feature of a customer with its formula, sources and consent."""
    if business_date is not None and business_date > day.moment().today:
        fault = FieldFault("/query/business_date", "in_future", "name a date up to today")
        raise Problem(INVALID, errors=[fault])
    desk = FeatureDesk(pool, catalog, day)
    return answer_of(await desk.sheet(customer_id_of(customer_id), business_date))


def answer_of(sheet: FeatureSheet) -> FeatureAnswer:
    """Put a sheet into its wire form."""
    return FeatureAnswer(
        customer_id=sheet.customer_id,
        business_date=sheet.business_date,
        consent_withdrawn=sheet.is_withdrawn,
        buyer_type=_type_of(sheet.buyer_type),
        channel=sheet.channel,
        features=[_reading(each, sheet.currency or "XXX") for each in sheet.readings],
        as_of=sheet.now,
    )


def _type_of(found: BuyerType) -> BuyerTypeReading:
    name, rule = BUYER_TYPE_WORDS[found]
    return BuyerTypeReading(key=found.value, name=LocalText(**name), rule=LocalText(**rule))


def _reading(reading: Reading, currency: str) -> FeatureReading:
    feature = reading.feature
    return FeatureReading(
        name=feature.name,
        label=_label(feature.name),
        unit=feature.unit,
        group=feature.group,
        value=reading.value,
        money=_money(reading, currency),
        formula=LocalText(en=feature.formula, zh=FORMULAS_ZH[feature.name]),
        sources=list(feature.named_sources),
        role=feature.role,
        needs_consent=feature.needs_consent,
        state=reading.state.value,
    )


def _label(name: str) -> LocalText:
    words = FEATURE_WORDS[name].label if name in FEATURE_WORDS else HABIT_WORDS[name]
    return LocalText(en=words["en"], zh=words["zh"])


def _money(reading: Reading, currency: str) -> Money | None:
    if reading.feature.unit != "money" or reading.value is None:
        return None
    return Money(amount=format_minor(round(reading.value), currency), currency=currency)
