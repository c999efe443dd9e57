"""What-ifs over HTTP: the tier decided on purchases that nobody made."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.scoring.deps import Day
from services.scoring.domain.programmes.ladder import Rung
from services.scoring.domain.status.printing import TO_NEXT
from services.scoring.domain.why import what_if_words as say
from services.scoring.domain.why.figures import Currency, Words
from services.scoring.domain.why.flip import Rise
from services.scoring.domain.why.made_up import Purchase
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.what_if import MadeUp, WhatIfReport, WhatIfs
from shared.auth import require
from shared.contracts.common import LocalText, Money
from shared.contracts.tier import Tier, TierAnswer
from shared.contracts.what_if import (
    EXAMPLE_WHAT_IF,
    MadeUpPurchase,
    WayDown,
    WayUp,
    WhatIfAnswer,
    WhatIfQuery,
)
from shared.money import MoneyFault, format_minor, parse_minor
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])


def _what_ifs(request: Request) -> WhatIfs:
    found: WhatIfs = request.app.state.what_ifs
    return found


@router.post(
    "/v1/customers/{customer_id}/what-if",
    openapi_extra=openapi_body(WhatIfQuery, EXAMPLE_WHAT_IF),
    responses=problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
async def what_if(
    what_ifs: Annotated[WhatIfs, Depends(_what_ifs)],
    day: Day,
    customer_id: str,
    query: Annotated[WhatIfQuery, Depends(json_body(WhatIfQuery))],
) -> WhatIfAnswer:
    """Decide the tier with purchases nobody made, or after some days; nothing is stored.

    `up` and `down` tell what would change the tier as things are now.
    """
    currency = await what_ifs.currency()
    made_up = made_up_of(query, currency.code or "XXX", day.moment().today)
    report = await what_ifs.ask(customer_id_of(customer_id), query.programme, made_up)
    return answer_of(report)


def made_up_of(query: WhatIfQuery, currency: str, today: date) -> MadeUp:
    """Read what is made up; raises Problem 422 for other currencies and for dates outside."""
    last = today + timedelta(days=query.days_passed)
    read = [
        _purchase(place, each, currency, (today, last))
        for place, each in enumerate(query.purchases)
    ]
    return MadeUp(read, query.days_passed)


def _purchase(place: int, told: MadeUpPurchase, currency: str, span: tuple[date, date]) -> Purchase:
    at, on = f"/purchases/{place}", told.on or span[0]
    if told.currency not in (None, currency):
        raise _refused(f"{at}/currency", "other_currency", "must be the shop's currency")
    if not span[0] <= on <= span[1]:
        words = "must lie between today and the last of days_passed"
        raise _refused(f"{at}/on", "out_of_range", words)
    try:
        return Purchase(parse_minor(told.amount, currency), on)
    except MoneyFault:
        words = "must be an amount of the shop's currency"
        raise _refused(f"{at}/amount", "bad_amount", words) from None


def _refused(pointer: str, code: str, words: str) -> Problem:
    return Problem(INVALID, errors=[FieldFault(pointer, code, words)])


def answer_of(report: WhatIfReport) -> WhatIfAnswer:
    """Put a report into its wire form."""
    now = TierAnswer.model_validate_json(report.before.answer)
    return WhatIfAnswer(
        customer_id=report.customer_id,
        on=report.on,
        now=now,
        then=TierAnswer.model_validate_json(report.after.answer),
        up=list(_by_rules(report, now) if report.is_status else _by_worth(report)),
        down=_down(report),
        assumes=_text(say.ASSUMES),
    )


def _by_rules(report: WhatIfReport, now: TierAnswer) -> Iterator[WayUp]:
    tier = _tier(report.rungs.get(now.tier.rank + 1))
    if tier is None:
        yield WayUp(kind="none", tier=None, text=_text(say.HIGHEST))
    for reason in now.reasons:
        if reason.code == TO_NEXT:
            yield WayUp(kind="rule", tier=tier, text=reason.text)


def _by_worth(report: WhatIfReport) -> Iterator[WayUp]:
    search, currency = report.rise, report.currency
    if search is None:
        yield WayUp(kind="none", tier=None, text=_text(say.HIGHEST))
        return
    one, several = search.by_amount, search.by_orders
    if one is not None:
        yield _by_one(report, one)
    if several is not None and several.orders > 1:
        yield _by_several(report, several)
    if one is None:
        yield WayUp(kind="none", tier=None, text=_text(say.by_none(currency.said(search.most))))


def _by_one(report: WhatIfReport, rise: Rise) -> WayUp:
    tier, currency = report.rungs[rise.rank], report.currency
    return WayUp(
        kind="purchase",
        tier=_tier(tier),
        amount=_money(rise.order.net, currency),
        orders=1,
        text=_text(say.by_one(tier.name, currency.said(rise.order.net))),
    )


def _by_several(report: WhatIfReport, rise: Rise) -> WayUp:
    tier, each = report.rungs[rise.rank], report.currency.said(rise.order.net)
    return WayUp(
        kind="purchases",
        tier=_tier(tier),
        amount=_money(rise.order.net, report.currency),
        orders=rise.orders,
        every_days=rise.every_days,
        text=_text(say.by_several(tier.name, each, rise.orders, rise.every_days)),
    )


def _down(report: WhatIfReport) -> WayDown:
    drop = report.drop
    if drop is None:
        return WayDown(tier=None, on=None, searched_until=None, text=_text(say.LOWEST))
    if drop.on is None or drop.rank is None:
        words = say.kept(drop.until)
        return WayDown(tier=None, on=None, searched_until=drop.until, text=_text(words))
    below = report.rungs[drop.rank]
    words = say.drop(below.name, drop.on)
    return WayDown(tier=_tier(below), on=drop.on, searched_until=drop.until, text=_text(words))


def _tier(rung: Rung | None) -> Tier | None:
    return None if rung is None else Tier(key=rung.key, rank=rung.rank, name=_text(rung.name))


def _text(words: Words) -> LocalText:
    return LocalText(en=words["en"], zh=words["zh"])


def _money(minor: int, currency: Currency) -> Money:
    code = currency.code or "XXX"
    return Money(amount=format_minor(minor, code), currency=code)
