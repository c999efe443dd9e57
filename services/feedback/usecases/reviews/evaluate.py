"""Evaluate and adjust: look at the figures of a quarter, once each, and write what is weak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Final

import asyncpg

from services.feedback.domain.experiments.experiment import State
from services.feedback.domain.reviews.evidence import Evidence, Place, Trial
from services.feedback.domain.reviews.finding import Finding, TooFew
from services.feedback.domain.reviews.judging import judge
from services.feedback.domain.reviews.lacking import lacking
from services.feedback.domain.reviews.review import Review, last_quarter
from services.feedback.domain.reviews.words import told
from services.feedback.queries.kpis.held import Ladder, ladders, note_held
from services.feedback.queries.people import base_currency
from services.feedback.queries.reviews import evidence as figures
from services.feedback.queries.reviews.evidence import InForce
from services.feedback.queries.reviews.reviews import add_review, finish, hold_next, is_asked
from services.feedback.usecases.care.places import NO_CURRENCY
from services.feedback.usecases.cases.calendar import Shop
from services.feedback.usecases.experiments.result import result_of
from shared.clock import business_date
from shared.ids import uuid7
from shared.money import exponent_of, format_minor

BY_ITSELF: Final = "schedule"


async def evaluate_next(shop: Shop) -> bool:
    """Ask for the review of the last quarter if nobody has, then do one that waits."""
    await ask_for_last_quarter(shop)
    async with shop.pool.acquire() as connection, connection.transaction():
        review = await hold_next(connection)
        if review is None:
            return False
        programmes = await figures.programmes_in_force(connection)
        evidence = await collect(connection, shop, review, programmes)
        await finish(connection, *_written(shop, review, programmes, evidence))
        return True


async def ask_for_last_quarter(shop: Shop) -> bool:
    """Ask for the review of the last whole quarter once, if programmes were in force by then."""
    now = shop.clock.now()
    name, period = last_quarter(business_date(now, shop.zone))
    occasion = f"quarter/{name}"
    if await is_asked(shop.pool, occasion):
        return False
    since = await figures.in_force_since(shop.pool)
    if since is None or business_date(since, shop.zone) > period.last:
        return False
    review = Review(
        uuid7(), name, period.first, period.last, occasion, BY_ITSELF, now, None, (), ()
    )
    return await add_review(shop.pool, review)


async def collect(
    connection: asyncpg.Connection, shop: Shop, review: Review, programmes: list[InForce]
) -> Evidence:
    """Read the figures of a review's quarter and of the one before, inside one transaction."""
    zone, quarter, before = shop.zone.key, review.period, review.before
    currency = await base_currency(connection) or NO_CURRENCY
    await note_held(connection, zone)
    above = _above(await ladders(connection))
    return Evidence(
        quarter=quarter,
        before=before,
        currency=currency,
        names=_names(programmes),
        activities=await figures.activities(connection, quarter, before),
        satisfaction=await figures.satisfaction(connection, quarter, before, zone),
        services=await figures.services(connection, quarter, before, zone),
        benefits=await figures.benefit_use(connection, quarter, before, zone),
        playbooks=await figures.playbook_outcomes(connection, quarter, before, zone),
        trials=await _trials(connection, shop, review),
        flows=await figures.flows(connection, quarter, before, above),
        accounts=await figures.accounts(connection, quarter, before, zone, exponent_of(currency)),
    )


async def _trials(connection: asyncpg.Connection, shop: Shop, review: Review) -> list[Trial]:
    first, last = review.first_day, review.last_day
    keys = await figures.experiments_within(connection, first, last, shop.zone.key)
    return [trial for key in keys for trial in await _trial(shop, key)]


async def _trial(shop: Shop, key: str) -> list[Trial]:
    """Take what an experiment says of its primary metric; one that runs only if it does harm."""
    result = await result_of(shop, key)
    document, is_running = result.experiment.document, result.experiment.state is State.RUNNING
    told_of = [each for each in result.compared if each.metric.value == document["primary"]]
    return [
        Trial(
            experiment=key,
            name=document["name"],
            about=f"{document['about']['kind']}/{document['about']['key']}",
            metric=each.metric.value,
            verdict=each.finding.verdict.value,
            difference=round(each.finding.difference or 0.0, 4),
            low=round(each.finding.interval.low, 4) if each.finding.interval else 0.0,
            high=round(each.finding.interval.high, 4) if each.finding.interval else 0.0,
        )
        for each in told_of
        if not is_running or each.finding.verdict.value == "lower"
    ]


def _written(
    shop: Shop, review: Review, programmes: list[InForce], evidence: Evidence
) -> tuple[Review, list[dict[str, Any]]]:
    verdict = judge(evidence)
    done = replace(
        review,
        finished_at=shop.clock.now(),
        versions=[_versions(each) for each in programmes],
        too_few=[_few(each) for each in verdict.too_few],
    )
    window = {
        "from": review.first_day,
        "to": review.last_day,
        "before_from": review.before.first,
        "before_to": review.before.last,
    }
    return done, [
        _row(place, each, evidence.currency, window) for place, each in enumerate(verdict.findings)
    ]


def _row(place: int, found: Finding, currency: str, window: Mapping[str, date]) -> dict[str, Any]:
    said = told(found, lambda minor: f"{format_minor(minor, currency)} {currency}")
    dates = {name: day.isoformat() for name, day in window.items()}
    return {
        "finding_id": str(uuid7()),
        "place": place,
        "code": found.code.value,
        "programme_key": found.programme,
        "tier_key": found.tier,
        "subject": found.subject,
        "figures": {**found.figures, "window": dates},
        "words": dict(said.words),
        "suggestion": dict(said.suggestion),
        "link": said.link,
    }


def _few(each: TooFew) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(each).items() if name != "names"}
    return {**kept, "code": each.code.value, "text": dict(lacking(each))}


def _versions(each: InForce) -> dict[str, Any]:
    return {
        "programme": each.programme,
        "programme_version": each.programme_version,
        "release": f"r-{each.release_id}",
        "model_version": each.model_version,
    }


def _above(found: list[Ladder]) -> list[Place]:
    return [Place(each.programme, tier) for each in found for tier in each.tiers[1:]]


def _names(programmes: list[InForce]) -> dict[Place, Mapping[str, str]]:
    return {
        Place(each.programme, tier): name
        for each in programmes
        for tier, name in each.names.items()
    }
