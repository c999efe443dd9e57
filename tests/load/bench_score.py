"""One customer's score beyond the fetch: features, raw score, chance to buy, interval."""

import time
from statistics import median

import numpy as np

from deploy.local.postgres import PostgresServer
from services.scoring.domain.days import CustomerDays, day_number, pack_days
from services.scoring.domain.features import features
from tests.databases import Databases
from tests.load.table import Row
from tests.made_models import START, full_model

DAYS, CALLS, BATCHES, MOST_US = 20, 500, 21, 60.0


def bench(_: PostgresServer, __: Databases) -> list[Row]:
    """Score one customer of twenty days over and over with a model of every feature."""
    model, days, first = full_model(1), _twenty_days(), day_number(START)
    today = int(days.date[-1]) + 1
    alone = median(_microseconds(lambda: features(days, today, first)) for _ in range(BATCHES))
    whole = [
        _microseconds(lambda: model.score(features(days, today, first), start=today))
        for _ in range(BATCHES)
    ]
    return [
        Row(
            name=f"one customer of {DAYS} days scored, beyond the fetch",
            figure=f"{median(whole):.0f} us of CPU ({min(whole):.0f}-{max(whole):.0f})",
            limit="",
            ratio=None,
            goal=f"<= {MOST_US:.0f} us",
            is_met=median(whole) <= MOST_US,
            note=f"of them features {alone:.0f} us",
        )
    ]


def _microseconds(work: object) -> float:
    assert callable(work)
    begun = time.thread_time()
    for _ in range(CALLS):
        work()
    return (time.thread_time() - begun) / CALLS * 1e6


def _twenty_days() -> CustomerDays:
    draw = np.random.default_rng(7)
    dates = day_number(START) + np.sort(draw.choice(700, DAYS, replace=False))
    net = draw.integers(1_000, 90_000, DAYS)
    return pack_days(
        np.array([0, DAYS]),
        dates,
        net_booked=net,
        sales_net=net,
        orders=np.ones(DAYS, dtype=np.int64),
        lines=draw.integers(1, 6, DAYS),
    )
