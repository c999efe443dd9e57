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
    Tier,
)
from services.console.reports.reading.asking import Asker, words_of
from services.console.visiting.services import Service
from shared.contracts.backtest import BacktestDocument
from shared.contracts.common import LocalText, Money
from shared.contracts.overview import Concentration as ValueAnswer
from shared.contracts.overview import Curve, Distribution, Status
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


async def read_programme(asker: Asker) -> Programme | None:
    """Read the default programme, tiers from the entry up; None while none is in force."""
    found = await asker.listed(Service.SCORING, "/v1/programmes", _Programme, most=500)
    live = [each for each in found or [] if each.release is not None]
    chosen = next((each for each in live if each.is_default), live[0] if live else None)
    if chosen is None:
        return None
    tiers = sorted(chosen.tiers, key=lambda each: each.rank)
    return Programme(
        chosen.programme,
        words_of(chosen.name),
        chosen.version,
        tuple(Tier(each.key, each.rank, words_of(each.name)) for each in tiers),
    )


async def read_base(asker: Asker, programme: Programme) -> Base | None:
    """Read who holds which tier in which stage, and how value lies."""
    path = f"/v1/programmes/{programme.key}/distribution"
    held, value = await asyncio.gather(
        asker.get(Service.SCORING, path, Distribution),
        asker.get(Service.SCORING, "/v1/value/concentration", ValueAnswer),
    )
    if held is None and value is None:
        return None
    return Base(
        tiers=tuple(
            Group(each.tier, words_of(each.name), each.customers, _amount(each.expected))
            for each in (held.tiers if held else [])
        ),
        lifecycles=tuple(
            Group(each.lifecycle, None, each.customers, _amount(each.expected))
            for each in (held.stages if held else [])
            if each.lifecycle is not None
        ),
        value=_concentration(value.expected) if value and value.expected else None,
    )


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
