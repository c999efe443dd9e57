"""Who the customers are, as scoring tells it: programme, tiers, stages, value, segments, model."""

import asyncio
from datetime import datetime
from typing import Final

from services.console.decks.data import (
    Base,
    Concentration,
    Contender,
    Group,
    Model,
    Programme,
    Segment,
    Standing,
    Tier,
)
from services.console.decks.words import Words
from services.console.reports.reading.asking import Asker, words_of
from services.console.visiting.services import Service
from shared.contracts.backtest import BacktestDocument
from shared.contracts.common import LocalText, Money
from shared.contracts.overview import Concentration as ValueAnswer
from shared.contracts.overview import (
    Curve,
    Distribution,
    DistributionHistory,
    DistributionPoint,
    Status,
)
from shared.wire import ReplyModel

_MOST_SEGMENTS: Final = 50


class _ProgrammeTier(ReplyModel):
    """Of GET /v1/programmes what a deck needs."""

    key: str
    rank: int
    name: LocalText


class _Programme(ReplyModel):
    """Of GET /v1/programmes what a deck needs."""

    programme: str
    version: int
    name: LocalText
    is_default: bool
    release: str | None
    tiers: list[_ProgrammeTier]


class _Segment(ReplyModel):
    """Of GET /v1/segments what a deck needs."""

    key: str
    name: LocalText


class _Count(ReplyModel):
    """Of GET /v1/segments/{key}/count what a deck needs."""

    matching: int
    share: float
    as_of: datetime


async def read_programmes(asker: Asker) -> tuple[Programme, ...]:
    """Read the programmes in force, the default one first, tiers from the entry up."""
    found = await asker.listed(Service.SCORING, "/v1/programmes", _Programme, most=500)
    live = sorted((each for each in found or [] if each.release), key=lambda e: not e.is_default)
    return tuple(
        Programme(
            each.programme,
            words_of(each.name),
            each.version,
            tuple(
                Tier(tier.key, tier.rank, words_of(tier.name))
                for tier in sorted(each.tiers, key=lambda tier: tier.rank)
            ),
        )
        for each in live
    )


async def read_base(asker: Asker, programme: Programme) -> Base | None:
    """Read who held which tier in which stage, and how value lay, at the end of the dates.

    What was not counted on that date is told as it is now.
    """
    then, now, value = await asyncio.gather(
        _at_the_end(asker, programme), _now(asker, programme), _value_then(asker)
    )
    if now is None and value is None:
        return None
    held = then or now
    staged = then if then and then.lifecycles else now
    return Base(
        tiers=held.tiers if held else (),
        lifecycles=staged.lifecycles if staged else (),
        value=_concentration(value.expected) if value and value.expected else None,
        tiers_on=held.tiers_on if held else None,
        stages_on=staged.stages_on if staged else None,
        value_on=value.business_date if value else None,
    )


async def read_standing(asker: Asker, programme: Programme) -> Standing | None:
    """Read who held the tiers of a programme at the end of the dates, else who does now."""
    held = await _at_the_end(asker, programme) or await _now(asker, programme)
    return None if held is None else Standing(programme, held.tiers, held.tiers_on)


async def _now(asker: Asker, programme: Programme) -> Base | None:
    path = f"/v1/programmes/{programme.key}/distribution"
    found = await asker.get(Service.SCORING, path, Distribution)
    if found is None:
        return None
    return Base(
        tiers=tuple(
            Group(each.tier, words_of(each.name), each.customers, _amount(each.expected))
            for each in found.tiers
        ),
        lifecycles=tuple(
            Group(each.lifecycle, None, each.customers, _amount(each.expected))
            for each in found.stages
            if each.lifecycle is not None
        ),
        tiers_on=found.business_date,
        stages_on=found.business_date,
    )


async def _at_the_end(asker: Asker, programme: Programme) -> Base | None:
    """Read what was counted for the last date; None where nothing was."""
    path = f"/v1/programmes/{programme.key}/distribution/history"
    dates = {"from": asker.last, "to": asker.last}
    found = await asker.get(Service.SCORING, path, DistributionHistory, dates)
    if found is None or not found.points:
        return None
    point = found.points[-1]
    return Base(
        tiers=tuple(
            Group(key, name, point.tiers.get(key, 0), _amount_of(point, key))
            for key, name in _tiers_of(programme, point).items()
        ),
        lifecycles=tuple(Group(key, None, count) for key, count in point.stages.items() if key),
        tiers_on=point.date,
        stages_on=point.date,
    )


def _tiers_of(programme: Programme, point: DistributionPoint) -> dict[str, Words | None]:
    """Name the tiers of now, and by their keys those that were held then and are no more."""
    gone: dict[str, Words | None] = dict.fromkeys(point.tiers)
    return gone | {tier.key: tier.name for tier in programme.tiers}


def _amount_of(point: DistributionPoint, tier: str) -> float | None:
    money = point.expected.get(tier)
    if money is not None:
        return float(money.amount)
    return 0.0 if point.expected and not point.tiers.get(tier) else None


async def _value_then(asker: Asker) -> ValueAnswer | None:
    """Read how value lay at the end of the dates; before its first count, how it lies now."""
    path = "/v1/value/concentration"
    found = await asker.get(Service.SCORING, path, ValueAnswer, {"until": asker.last})
    if found is not None and found.expected is not None:
        return found
    return await asker.get(Service.SCORING, path, ValueAnswer)


def _amount(money: Money | None) -> float | None:
    return None if money is None else float(money.amount)


def _concentration(curve: Curve) -> Concentration:
    last = max(len(curve.curve) - 1, 1)
    shares = tuple((place / last, held) for place, held in enumerate(curve.curve))
    return Concentration(shares, curve.gini)


async def read_segments(asker: Asker) -> tuple[Segment, ...] | None:
    """Read the live segments and how many are in each now."""
    found = await asker.listed(Service.SCORING, "/v1/segments", _Segment, most=_MOST_SEGMENTS)
    if found is None:
        return None
    counts = await asker.beside(
        Service.SCORING, found, lambda each: f"/v1/segments/{each.key}/count", _Count
    )
    return tuple(
        Segment(each.key, words_of(each.name), count.matching, count.share)
        for each, count in counts
    )


async def read_model(asker: Asker) -> Model | None:
    """Read how right the model in force was; None while there is none."""
    status = await asker.get(Service.SCORING, "/v1/status", Status)
    if status is None or status.model.version is None:
        return None
    version = status.model.version
    tested = await asker.get(Service.SCORING, f"/v1/models/{version}/backtest", BacktestDocument)
    if tested is None or not tested.contenders or not tested.cutoff or not tested.until:
        return None
    contenders = tuple(
        Contender(
            words_of(each.name),
            each.accuracy.hit20,
            each.accuracy.cap20,
            each.accuracy.gini,
            tuple(each.gains),
        )
        for each in tested.contenders
    )
    drift = words_of(status.model.sentence)
    return Model(version, tested.cutoff, tested.until, tested.customers, contenders, drift)
