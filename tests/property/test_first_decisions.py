"""A new release decided in two steps stores, to the byte, what deciding one by one stores."""

import math
import pickle
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.days import CustomerDays, day_number, day_of, pack_days
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.tiers.answer import AnswerPrinter, Named
from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Customer, Versions
from services.scoring.domain.tiers.first_decisions import (
    AsOf,
    appraise,
    controlled_decisions,
    first_decisions,
)
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.tiers.timeline import OrderMoments, Rules
from services.scoring.queries.tiers.decisions import decision_row
from tests.made_models import START, made_model

TODAY = START + timedelta(days=400)
PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)
# Many on the date itself: their tier begins with their first order, not at midnight.
DAY = st.one_of(st.integers(0, 399), st.just(400))
NAMES = st.one_of(st.none(), st.text(max_size=8))


AT = st.integers(-40, 40).map(lambda hours: midnight(TODAY) + timedelta(hours=hours))
TIERS = st.sampled_from(["low", "mid", "high", "gone"])
PINS = st.builds(
    Pin, st.just("p"), st.sampled_from(["floor", "ceiling", "exact"]), TIERS, AT, st.none() | AT
)
GRANTS = st.builds(Grant, st.just("g"), st.just("invited"), TIERS, AT, st.none() | AT)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=8)


@st.composite
def bases(draw: st.DrawFn) -> tuple[list[Customer], CustomerDays]:
    bought = draw(st.lists(st.sets(DAY, max_size=12), min_size=1, max_size=8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    numbers = [day_number(START) + day for days in bought for day in sorted(days)]
    net = rng.integers(-(10**4), 10**5, len(numbers))
    days = pack_days(
        np.cumsum([0, *(len(one) for one in bought)]),
        np.array(numbers, dtype=np.int32),
        net_booked=net,
        sales_net=np.maximum(net, 0),
        orders=rng.integers(0, 3, len(numbers)),
        lines=rng.integers(0, 9, len(numbers)),
    )
    return [made_customer(draw, place, one) for place, one in enumerate(bought)], days


def made_customer(draw: st.DrawFn, place: int, bought: set[int]) -> Customer:
    at = midnight(TODAY) + timedelta(minutes=draw(st.integers(-90, 1500)))
    return Customer(
        profile_id=UUID(int=(place + 1) << 8),
        customer_id=draw(NAMES),
        versions=Versions(draw(st.integers(1, 9)), draw(st.integers(0, 2))),
        moments={TODAY: OrderMoments(at, at)} if 400 in bought else {},
        pins=tuple(draw(st.lists(PINS, max_size=2)) if draw(st.booleans()) else ()),
        grants=tuple(draw(st.lists(GRANTS, max_size=1)) if draw(st.booleans()) else ()),
    )


def release_of(seed: int) -> Release:
    cuts = Cuts((-math.inf, 0.5, 1.0), (-math.inf, 0.4, 0.9))
    return Release(
        release_id=7,
        programme=PROGRAMME,
        model_version="made",
        model=made_model(seed),
        history_start=day_number(START),
        rules=Rules(cuts, 2),
        reference_date=TODAY,
        printer=AnswerPrinter(PROGRAMME, Named(7, "made")),
    )


@settings(max_examples=150, deadline=None)
@given(base=bases(), seed=st.integers(0, 2**32), level=st.floats(0.01, 100))
def test_two_steps_store_what_one_stores(
    base: tuple[list[Customer], CustomerDays], seed: int, level: float
) -> None:
    customers, days = base
    release = release_of(seed)
    grid = Grid(release, Levels.of({TODAY - timedelta(days=9): 5.0, TODAY: level}), TODAY, midnight)
    as_of = AsOf(release.model, release.history_start, TODAY, midnight)
    # As they travel between processes.
    appraised = pickle.loads(pickle.dumps(appraise(customers, days, as_of)))  # noqa: S301 - ours
    decided = decide(customers, days, grid)
    # those without pins and grants are stored without a status and an end
    stored = [
        (*d[:10], d.state.decode(), *d[11:], None, None) for d in first_decisions(appraised, grid)
    ]
    stored += [decision_row(decision) for decision in controlled_decisions(appraised, grid)]
    assert sorted(stored) == [decision_row(decision) for decision in decided]
    raw = [d.course.standing.score for d in decided if d.course]
    assert (appraised.raw_of_buyers / level).tolist() == raw


def test_a_release_travels_with_its_printer() -> None:
    release = release_of(3)
    there = pickle.loads(pickle.dumps(release))  # noqa: S301 - ours
    assert there.printer.prospect("c", midnight(TODAY)) == release.printer.prospect(
        "c", midnight(TODAY)
    )
    assert day_of(there.history_start) == START
