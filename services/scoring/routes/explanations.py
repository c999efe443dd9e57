"""Why a score is what it is, over HTTP."""

import math
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.scoring.deps import Explaining
from services.scoring.domain.feature_words import FEATURE_WORDS, Past
from services.scoring.domain.tiers.programme import ValueProgramme, ValueTier
from services.scoring.domain.tiers.words import GROUP_NAMES, NO_PURCHASE_YET
from services.scoring.domain.why import explanation_words as say
from services.scoring.domain.why.explanation import Part, PartGroup, RestsOn, reasons, rests_on
from services.scoring.domain.why.figures import Currency, Words
from services.scoring.domain.why.flip import Fall, Rise, RiseSearch
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.explain_score import ExplanationReport, Flips, Why
from shared.auth import require
from shared.contracts.common import LocalText, Money
from shared.contracts.explanation import (
    EXAMPLE_EXPLANATION,
    ExplainedFeature,
    ExplainedGroup,
    ExplainedScore,
    ExplainedTier,
    ExplanationAnswer,
    FallHint,
    Flip,
    OrdersToRise,
    RiseHint,
)
from shared.contracts.tier import Reason, Tier
from shared.money import format_minor
from shared.problem_handlers import problem_responses

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])


@router.get(
    "/v1/customers/{customer_id}/explanation",
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_EXPLANATION}}},
        **problem_responses(400, 401, 403, 404, 409, 422, 503),
    },
)
async def explanation(
    explainer: Explaining,
    customer_id: str,
    programme: Annotated[str | None, Query(max_length=128)] = None,
) -> ExplanationAnswer:
    """Explain the score in parts that add up, the tier, and what would change it."""
    return answer_of(await explainer.explain(customer_id_of(customer_id), programme))


def answer_of(report: ExplanationReport) -> ExplanationAnswer:
    """Put a report into its wire form."""
    why, currency = report.why, report.currency
    told = replace(currency, is_season_free=bool(report.release.model.months))
    groups = [_group(group, why.past, told) for group in why.groups] if why else []
    return ExplanationAnswer(
        customer_id=report.customer_id,
        known=True,
        programme=report.programme.key,
        summary=_summary(report),
        tier=_tier_held(report),
        score=_score(why, currency) if why else None,
        reasons=_reasons(why, groups),
        groups=groups,
        flip=_flip(report.flips, report),
        business_date=report.business_date,
        model_version=report.release.model_version,
        release=f"r-{report.release.release_id}",
        as_of=report.now,
    )


def _summary(report: ExplanationReport) -> LocalText:
    tier, why = report.programme.tiers[_earned(report)], report.why
    if why is None:
        return _text(say.no_purchase_summary(tier))
    return _text(
        say.summary(
            tier,
            report.currency.about(why.worth.value),
            report.currency.about(why.typical_value),
            why.worth.horizon_days,
            has_one_order=report.has_one_order,
        )
    )


def _tier_held(report: ExplanationReport) -> ExplainedTier:
    decision, programme = report.decision, report.programme
    standing = decision.course.standing if decision.course else None
    held = rests_on(standing, report.release.rules.cuts) if standing else RestsOn.ENTRY
    text = (
        say.tier_sentence(programme, standing, held, report.flips.fall)
        if standing
        else NO_PURCHASE_YET[1]
    )
    return ExplainedTier(
        tier=_tier(programme.tiers[decision.rank]),
        since=decision.since,
        rests_on=held.value,
        days_below=standing.below if standing else 0,
        is_low_confidence=report.has_one_order,
        text=_text(text if _earned(report) == decision.rank else say.by_hand(text)),
    )


def _earned(report: ExplanationReport) -> int:
    """Give the rank that is explained: what is shown by hand needs no explanation."""
    decision = report.decision
    return decision.rank if decision.earned is None else decision.earned


def _score(why: Why, currency: Currency) -> ExplainedScore:
    return ExplainedScore(
        log_score=why.log_score,
        base=why.base,
        season_free_score=why.worth.season_free,
        value=_money(why.worth.value, currency),
        typical_value=_money(why.typical_value, currency),
        horizon_days=why.worth.horizon_days,
    )


def _reasons(why: Why | None, groups: list[ExplainedGroup]) -> list[Reason]:
    if why is None:
        return [Reason(code=NO_PURCHASE_YET[0], text=_text(NO_PURCHASE_YET[1]))]
    strongest = len(reasons(why.groups))
    if not strongest:
        return [Reason(code=say.LIKE_TYPICAL[0], text=_text(say.LIKE_TYPICAL[1]))]
    return [Reason(code=group.key, text=group.text) for group in groups[:strongest]]


def _group(group: PartGroup, past: Past, currency: Currency) -> ExplainedGroup:
    return ExplainedGroup(
        key=group.name,
        name=_text(GROUP_NAMES[group.name]),
        contribution=group.contribution,
        factor=math.exp(group.contribution),
        text=_text(say.group_sentence(group, past, currency)),
        features=[_feature(part, past, currency) for part in group.parts],
    )


def _feature(part: Part, past: Past, currency: Currency) -> ExplainedFeature:
    name = part.feature.name
    return ExplainedFeature(
        name=name,
        label=_text(FEATURE_WORDS[name].label),
        unit=part.feature.unit,
        value=part.value,
        typical=part.typical,
        contribution=part.contribution,
        factor=math.exp(part.contribution),
        text=_text(say.feature_sentence(part, past, currency)),
    )


def _flip(flips: Flips, report: ExplanationReport) -> Flip:
    return Flip(
        up=_rise(flips.rise, report) if flips.rise else None,
        down=_fall(flips.fall, report.programme) if flips.fall else None,
        assumes=_text(say.assumption(flips.lines)),
    )


def _rise(search: RiseSearch, report: ExplanationReport) -> RiseHint:
    programme, currency = report.programme, report.currency
    text = say.rise_sentence(programme, search, currency, is_first=report.why is None)
    return RiseHint(
        order=_orders(search.by_amount, programme, currency),
        searched_up_to=_money(search.most, currency),
        usual_orders=_orders(search.by_orders, programme, currency),
        text=_text(text),
    )


def _orders(
    rise: Rise | None, programme: ValueProgramme, currency: Currency
) -> OrdersToRise | None:
    if rise is None:
        return None
    return OrdersToRise(
        tier=_tier(programme.tiers[rise.rank]),
        orders=rise.orders,
        each=_money(rise.order.net, currency),
        every_days=rise.every_days if rise.orders > 1 else None,
    )


def _fall(fall: Fall, programme: ValueProgramme) -> FallHint:
    return FallHint(
        tier=None if fall.rank is None else _tier(programme.tiers[fall.rank]),
        on=fall.on,
        searched_until=fall.until,
        text=_text(say.fall_sentence(programme, fall)),
    )


def _tier(tier: ValueTier) -> Tier:
    return Tier(key=tier.key, rank=tier.rank, name=_text(tier.name))


def _text(words: Words) -> LocalText:
    return LocalText(en=words["en"], zh=words["zh"])


def _money(minor: int, currency: Currency) -> Money:
    code = currency.code or "XXX"
    return Money(amount=format_minor(minor, code), currency=code)
