"""Plan an experiment from what its audience did lately."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from services.feedback.domain.experiments.planning import Outlook, Wish, fewest_days, outlook
from services.feedback.queries.experiments.audience import Asked, lately, shop_currency
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.errors import NothingToCompare
from shared.clock import business_date

#: weeks, so that every length has as many week-ends
LENGTHS: Final = (7, 14, 28, 56, 91, 182)
#: ISO 4217: no currency involved
NO_CURRENCY: Final = "XXX"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody plans; `effect_percent` of the mean is what they want to see."""

    metric: Literal["spend", "orders", "retention"]
    segment: str | None
    pre_period_days: int
    wish: Wish
    effect_percent: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What experiments of several lengths can show."""

    audience: int
    outlooks: list[Outlook]
    fewest_days: int | None
    as_of: datetime


async def plan(desk: Desk, question: Question) -> Plan:
    """Tell what each length can show; raises NothingToCompare where the audience is nobody."""
    now = desk.clock.now()
    asked = Asked(
        metric=question.metric,
        segment=question.segment,
        today=business_date(now, desk.zone),
        lengths=LENGTHS,
        days_before=question.pre_period_days,
    )
    async with desk.pool.acquire() as connection, connection.transaction(readonly=True):
        audience, found = await lately(connection, asked)
    if not audience:
        raise NothingToCompare
    wish = question.wish if question.wish.customers else replace(question.wish, customers=audience)
    outlooks = [
        outlook(base, days, wish, effect_percent=question.effect_percent)
        for days, base in found.items()
    ]
    return Plan(audience, outlooks, fewest_days(outlooks, question.effect_percent), now)


async def currency_of(desk: Desk) -> str:
    """Tell the currency of the shop's money; before its first receipt there is none to name."""
    return await shop_currency(desk.pool) or NO_CURRENCY
