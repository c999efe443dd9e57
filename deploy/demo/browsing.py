"""Behaviour without money: what customers look at online, and whom they refer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deploy.demo.bodies import date_text, instant_text, quantity
from deploy.demo.catalogue import ARTICLES, pick_articles
from deploy.demo.columns import Channel, Kind, Receipts
from deploy.demo.names import Body, shown_at
from deploy.demo.planted import customer_id
from deploy.demo.population import Population
from deploy.demo.referrals import Referral, referrals_by_day
from deploy.demo.season import Ints
from deploy.demo.spec import ShopSpec

_PURPOSE = 6
WATCHED_SHARE = 0.4
# Visits without a purchase per customer and day, before those who never shop online drop out.
IDLE_RATE = 0.008
MORNING_S, NIGHT_S = 8 * 3600, 23 * 3600
SEARCHES = ("latte", "手冲", "espresso beans", "挂耳", "gift box", "龙井", "capsules")


@dataclass(frozen=True, slots=True)
class Happening:
    """An event before it has an id: local second of the day, type, customer row, properties."""

    second: int
    type: str
    customer: int
    channel: int
    properties: Body


class Browsing:
    """Makes the events of one day after the other; days must be asked in order."""

    def __init__(self, spec: ShopSpec, crowd: Population) -> None:
        self._spec = spec
        self._crowd = crowd
        self._rng = spec.random(_PURPOSE)
        self._referrals = referrals_by_day(spec, crowd)

    def events(self, offset: int, receipts: Receipts) -> list[tuple[int, Body]]:
        """Give the day's events as (local second, item of `POST /v1/events`), in order of time."""
        day = self._spec.first_day + offset
        seconds_open = self._spec.seconds_open(day)
        happenings = [
            *self._before_purchases(receipts),
            *self._idle(offset),
            *self._referred(offset, seconds_open),
        ]
        known = [happening for happening in happenings if happening.second < seconds_open]
        known.sort(key=lambda happening: (happening.second, happening.customer, happening.type))
        return [(it.second, self._body(it, day, turn)) for turn, it in enumerate(known)]

    def _before_purchases(self, receipts: Receipts) -> Iterator[Happening]:
        heads = receipts.heads
        watched = (heads.channel != Channel.STORE) & (heads.kind == int(Kind.SALE))
        watched &= self._rng.random(len(receipts)) < WATCHED_SHARE
        rows = np.flatnonzero(watched)
        went_on = self._rng.random(rows.size)
        for row, chance in zip(rows.tolist(), went_on.tolist(), strict=True):
            line = int(receipts.line_start[row])
            article = ARTICLES[int(receipts.lines.sku[line])]
            second, who = int(heads.second[row]), int(heads.customer[row])
            channel = int(heads.channel[row])
            about: Body = {"sku": article.sku, "category": article.category}
            yield Happening(max(second - 300, 0), "product_viewed", who, channel, about)
            pieces = quantity(int(receipts.lines.quantity_milli[line]))
            in_cart = about | {"quantity": pieces}
            yield Happening(max(second - 120, 0), "cart_added", who, channel, in_cart)
            if chance < 0.4:
                yield Happening(max(second - 60, 0), "checkout_started", who, channel, {})

    def _idle(self, offset: int) -> Iterator[Happening]:
        rng, crowd, count = self._rng, self._crowd, self._spec.customers
        rows = rng.integers(0, count, rng.poisson(IDLE_RATE * count))
        is_there = (crowd.joined[rows] <= offset) & (offset <= crowd.left[rows])
        rows = rows[is_there & (crowd.online[rows] > 0)]
        articles, starts = pick_articles(rng, rows.size), _starts(rng, rows.size)
        kinds = rng.integers(0, 4, rows.size)
        visits = zip(rows.tolist(), articles.tolist(), starts.tolist(), kinds.tolist(), strict=True)
        for who, sku, second, kind in visits:
            article = ARTICLES[sku]
            if kind == 0:
                wanted = SEARCHES[sku % len(SEARCHES)]
                yield Happening(second, "searched", who, Channel.WEB, {"query": wanted})
            if kind == 1:
                shelf: Body = {"category": article.category}
                yield Happening(second, "product_list_viewed", who, Channel.WEB, shelf)
            about: Body = {"sku": article.sku, "category": article.category}
            yield Happening(second + 45, "product_viewed", who, Channel.WEB, about)

    def _referred(self, offset: int, seconds_open: int) -> Iterator[Happening]:
        for turn, referral in enumerate(self._referrals.get(offset, [])):
            second = min(MORNING_S + 60 * turn, seconds_open - 1)
            yield self._referral(referral, second)

    def _referral(self, referral: Referral, second: int) -> Happening:
        brought: Body = {"referred_customer_id": customer_id(self._spec, referral.referred + 1)}
        return Happening(second, "referral_made", referral.referrer, Channel.APP, brought)

    def _body(self, it: Happening, day: int, turn: int) -> Body:
        return {
            "event_id": f"{it.type}-{date_text(day)}-{turn + 1}",
            "type": it.type,
            "occurred_at": instant_text(day, it.second),
            "customer": shown_at(self._spec, it.customer + 1, it.channel),
            "properties": it.properties,
        }


def _starts(rng: np.random.Generator, count: int) -> Ints:
    return rng.integers(MORNING_S, NIGHT_S, count)
