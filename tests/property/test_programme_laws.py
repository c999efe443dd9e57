"""Whatever the programme and the history: order, time, landings, returns and reviews are fair."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.status.engine.rules import read_rules
from services.scoring.domain.status.engine.stand import Stand, stand
from services.scoring.domain.status.engine.timeline import InForce
from shared.clock import first_instant_of
from tests.property.status_calendar import day_after
from tests.property.status_programmes import (
    BY_PERIOD,
    PERIODIC,
    ZONES,
    Life,
    Move,
    Programme,
    at_local,
    history_of,
    instants,
    lives,
    programmes,
    purchases,
    replay,
    returns,
)

#: After every return there is.
LATER = datetime(2023, 1, 1, tzinfo=UTC)
Told = list[tuple[datetime, int, datetime | None]]
many = settings(max_examples=500, deadline=None)
#: A period's class lasts to the end of the next one: what most published calendars promise.
CALENDAR: Programme = {
    "qualification": "track",
    "refresh": "latest",
    "upgrade": "immediate",
    "keep_window": "same",
    "grace_days": 0,
    "validity": {"kind": "periods", "after": 1, "plus_months": 0},
}


def shown_at(told: Told, t: datetime) -> tuple[int, datetime | None]:
    return next(((rank, until) for at, rank, until in reversed(told) if at <= t), (0, None))


@many
@given(lives(), st.randoms(use_true_random=False), st.data())
def test_any_order_and_any_doubles_tell_the_same(
    life: Life, random: Random, data: st.DataObject
) -> None:
    doubled = list(life.moves)
    if doubled:
        doubled += data.draw(st.lists(st.sampled_from(life.moves), max_size=4))
    random.shuffle(doubled)
    told = replay(life.programme, life.enrolled, life.moves)
    assert replay(life.programme, life.enrolled, doubled) == told


@many
@given(lives(), st.integers(0, 1600))
def test_what_is_decided_by_then_rests_on_what_was_known_then(life: Life, days: int) -> None:
    then = life.enrolled + timedelta(days=days)
    known = [move for move in life.moves if (move.known or move.at) <= then]
    told = replay(life.programme, life.enrolled, life.moves, LATER)
    assert [item for item in told if item[0] <= then] == replay(
        life.programme, life.enrolled, known, then
    )


@many
@given(lives(downgrade="one_step", clawback="at_review"))
def test_a_soft_landing_goes_down_one_step_at_a_time(life: Life) -> None:
    programme = life.programme
    if programme["validity"]["kind"] == "floating" or "round_up_to" in programme["validity"]:
        return
    bought = [move for move in life.moves if move.reverses is None]
    told = replay(programme, life.enrolled, bought)
    assert all(after[1] >= before[1] - 1 for before, after in pairwise(told))


def bought_and_returned(data: st.DataObject, zone: str) -> tuple[list[Move], list[Move]]:
    moves = data.draw(purchases(zone))
    back = data.draw(returns(moves, whole=True))
    gone = {move.reverses for move in back}
    return moves + back, [move for move in moves if move.id not in gone]


@many
@given(programmes(qualification="ledger"), instants("UTC"), st.data())
def test_a_full_return_in_a_ledger_is_as_though_never_bought(
    programme: Programme, enrolled: datetime, data: st.DataObject
) -> None:
    moves, left = bought_and_returned(data, programme["time_zone"])
    last = max([move.known or move.at for move in moves] + [enrolled])
    told = replay(programme, enrolled, moves, LATER)
    without = replay(programme, enrolled, left, LATER)
    for t in [last, *(at for at, *_ in told + without if at > last)]:
        assert shown_at(told, t) == shown_at(without, t)


@many
@given(
    programmes(window=PERIODIC, clawback="immediate", downgrade="qualified", **CALENDAR),
    instants("UTC"),
    st.data(),
)
def test_a_full_return_in_a_calendar_is_as_though_never_bought(
    programme: Programme, enrolled: datetime, data: st.DataObject
) -> None:
    moves, left = bought_and_returned(data, programme["time_zone"])
    last = max([move.known or move.at for move in moves] + [enrolled])
    told = replay(programme, enrolled, moves, LATER)
    without = replay(programme, enrolled, left, LATER)
    for t in [last, *(at for at, *_ in told + without if at > last)]:
        assert shown_at(told, t) == shown_at(without, t)


def assert_more_never_hurts(
    programme: Programme, enrolled: datetime, moves: list[Move], more: Move
) -> None:
    told = replay(programme, enrolled, moves)
    richer = replay(programme, enrolled, [*moves, more])
    for t in sorted({at for at, *_ in told + richer}):
        assert shown_at(richer, t)[0] >= shown_at(told, t)[0]


@many
@given(lives(qualification="ledger"), st.data())
def test_buying_more_never_lowers_a_tier_of_a_ledger(life: Life, data: st.DataObject) -> None:
    at = data.draw(instants(life.programme["time_zone"]))
    more = Move("more", at, None, {"s": data.draw(st.integers(1, 60)), "n": 1})
    assert_more_never_hurts(life.programme, life.enrolled, life.moves, more)


@many
@given(
    programmes(window=PERIODIC, clawback="immediate", **CALENDAR).flatmap(
        lambda programme: st.sampled_from(("one_step", "qualified")).map(
            lambda downgrade: programme | {"downgrade": downgrade}
        )
    ),
    instants("UTC"),
    st.data(),
)
def test_buying_more_never_lowers_a_tier_of_a_calendar(
    programme: Programme, enrolled: datetime, data: st.DataObject
) -> None:
    moves = data.draw(purchases(programme["time_zone"]))
    at = data.draw(instants(programme["time_zone"]))
    more = Move("more", at, None, {"s": data.draw(st.integers(1, 60)), "n": 1})
    assert_more_never_hurts(programme, enrolled, moves, more)


def told_of(found: Stand) -> tuple[object, ...]:
    return (
        found.rank, found.earned_rank, found.since, found.until, found.status, found.grace_until,
        found.reason, found.items, found.warn, found.next, found.keep,
    )  # fmt: skip


@many
@given(lives(), st.integers(0, 1600 * 24), st.floats(0, 1, exclude_max=True))
def test_asking_in_between_changes_nothing(life: Life, hours: int, share: float) -> None:
    versions = [InForce(read_rules("random", 1, life.programme))]
    history, now = history_of(life.enrolled, life.moves), life.enrolled + timedelta(hours=hours)
    found = stand(versions, history, now)
    told = [(item.at, item.rank, item.until) for item in found.items]
    assert told == replay(life.programme, life.enrolled, life.moves, now)
    end = found.next_change_at or now + timedelta(days=4000)
    assert end > now
    between = min(now + (end - now) * share, end - timedelta(microseconds=1))
    assert told_of(stand(versions, history, between)) == told_of(found)


@many
@given(lives(grace_days=20, clawback="at_review"))
def test_every_review_leads_onwards(life: Life) -> None:
    told = replay(life.programme, life.enrolled, life.moves, datetime(2035, 1, 1, tzinfo=UTC))
    assert all(before[0] < after[0] for before, after in pairwise(told))
    assert all(until is None or until > at for at, _, until in told)
    assert len(told) <= 19 * 13 + 2 * len(life.moves)


@many
@given(lives(window=PERIODIC, qualification="track"), BY_PERIOD)
def test_periods_end_at_local_midnights(life: Life, validity: Programme) -> None:
    programme = life.programme | {"validity": validity}
    zone = ZoneInfo(programme["time_zone"])
    for _, _, until in replay(programme, life.enrolled, life.moves):
        if until is not None:
            assert until == first_instant_of(until.astimezone(zone).date(), zone)


@many
@given(
    st.dates(date(2016, 1, 1), date(2019, 12, 31)) | st.just(date(2016, 2, 29)),
    st.sampled_from((1, 6, 12)),
    st.sampled_from(ZONES),
)
def test_renewals_are_dated_from_the_anchor(day: date, months: int, zone: str) -> None:
    programme: Programme = {
        "tiers": [{"key": "t0"}, {"key": "t1", "enter": {"all": {"s": 10}}}],
        "window": {"kind": "rolling", "months": 12},
        "validity": {"kind": "months", "months": months},
        "qualification": "track",
        "refresh": "first",
        "downgrade": "never",
        "time_zone": zone,
        "currency": "CNY",
    }
    at = at_local(day, time(12), zone)
    told = replay(programme, at, [Move("a", at, None, {"s": 10})], at + timedelta(days=1900))
    assert len(told) > 1900 // (31 * months)
    for cycle, (_, _, until) in enumerate(told, start=1):
        assert until == at_local(day_after(day, cycle * months), time(12), zone)
