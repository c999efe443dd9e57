"""Random status programmes and histories, at the places where dates and policies are tricky."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.scoring.domain.status.engine.history import Entry, History
from services.scoring.domain.status.engine.rules import read_rules
from services.scoring.domain.status.engine.timeline import InForce, timeline

Programme = dict[str, Any]
#: Zones whose clocks change at midnight (São Paulo until 2019, Beirut, Cairo), at two, or never.
ZONES = (
    "UTC", "Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo",
)  # fmt: skip
ENROLLED_DAYS = (date(2016, 1, 1), date(2016, 2, 29), date(2016, 8, 31), date(2016, 10, 16))
UNTIL = datetime(2020, 6, 30, tzinfo=UTC)
#: Ends of months, leap days, and days on which some zone's clocks change.
TRICKY_DAYS = (
    date(2016, 2, 29), date(2016, 8, 31), date(2016, 10, 16), date(2017, 2, 19), date(2017, 3, 26),
    date(2017, 2, 28), date(2017, 10, 29), date(2018, 11, 4), date(2019, 1, 31), date(2020, 2, 29),
)  # fmt: skip
TIMES = (time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(12, 0), time(23, 59, 59))


@dataclass(frozen=True)
class Move:
    """A purchase, or a return of one; `known` None: at `at`."""

    id: str
    at: datetime
    known: datetime | None
    values: dict[str, int]
    reverses: str | None = None

    @property
    def kind(self) -> int:
        return 0 if self.reverses is None else 1


@dataclass(frozen=True)
class Life:
    programme: Programme
    enrolled: datetime
    moves: list[Move]


def at_local(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def days() -> st.SearchStrategy[date]:
    return st.sampled_from(TRICKY_DAYS) | st.dates(date(2016, 1, 1), date(2020, 3, 31))


def instants(zone: str) -> st.SearchStrategy[datetime]:
    return st.builds(at_local, days(), st.sampled_from(TIMES), st.just(zone))


@st.composite
def tiers(draw: st.DrawFn) -> list[dict[str, Any]]:
    steps = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=3)))
    listed: list[dict[str, Any]] = [{"key": "t0"}]
    for rank, step in enumerate(steps, start=1):
        least = step * 10
        how = draw(st.sampled_from(("all", "all", "any", "both")))
        enter = {"all": {"s": least}} if how == "all" else {"any": {"s": least, "n": 2 * rank}}
        if how == "both":
            enter = {"all": {"s": least, "n": rank}}
        tier: dict[str, Any] = {"key": f"t{rank}", "enter": enter}
        if draw(st.booleans()):
            kind, rule = next(iter(enter.items()))
            tier["keep"] = {kind: {k: max(v * 4 // 5, 1) for k, v in rule.items()}}
        listed.append(tier)
    return listed


PERIODIC = st.one_of(
    st.builds(
        lambda unit, start: {"kind": "calendar", "unit": unit, "start_month": start},
        st.sampled_from(("year", "half", "quarter", "month")),
        st.sampled_from((1, 1, 2, 4)),
    ),
    st.just({"kind": "anniversary"}),
)
ROLLING = st.one_of(
    st.builds(lambda n: {"kind": "rolling", "months": n}, st.sampled_from((1, 6, 12))),
    st.builds(lambda n: {"kind": "rolling", "days": n}, st.sampled_from((30, 90, 365))),
)
LASTING = st.one_of(
    st.builds(lambda n: {"kind": "months", "months": n}, st.sampled_from((1, 3, 6, 12))),
    st.just({"kind": "months", "months": 1, "round_up_to": "year"}),
    st.just({"kind": "months", "months": 6, "round_up_to": "quarter"}),
    st.just({"kind": "forever"}),
)
BY_PERIOD = st.builds(
    lambda after, plus: {"kind": "periods", "after": after, "plus_months": plus},
    st.sampled_from((0, 1, 1, 2)),
    st.sampled_from((0, 0, 1, 2)),
)


@st.composite
def programmes(
    draw: st.DrawFn,
    /,
    *,
    qualification: str | None = None,
    clawback: str | None = None,
    window: st.SearchStrategy[dict[str, Any]] | None = None,
    **fixed: Any,
) -> Programme:
    every = PERIODIC | ROLLING | st.just({"kind": "lifetime"})
    frame = draw(every if window is None else window)
    is_periodic = frame["kind"] in {"calendar", "anniversary"}
    way = qualification or draw(st.sampled_from(("ledger", "track", "track")))
    validity = draw(BY_PERIOD | LASTING if is_periodic else LASTING)
    if way == "track" and draw(st.integers(0, 5)) == 0:
        validity = {"kind": "floating"}
    programme = {
        "tiers": draw(tiers()),
        "window": frame,
        "validity": validity,
        "qualification": way,
        "refresh": draw(st.sampled_from(("latest", "first"))),
        "upgrade": "immediate",
        "downgrade": draw(st.sampled_from(("one_step", "qualified", "base"))),
        "keep_window": draw(st.sampled_from(("same", "same", "since_grant"))),
        "grace_days": 0,
        "clawback": clawback or draw(st.sampled_from(("immediate", "at_review"))),
        "pending_days": draw(st.sampled_from((0, 0, 0, 14))),
        "time_zone": draw(st.sampled_from(ZONES)),
        "currency": "CNY",
    }
    if way == "track" and validity["kind"] != "floating":
        programme["downgrade"] = draw(st.sampled_from(("one_step", "qualified", "base", "never")))
        programme["grace_days"] = draw(st.sampled_from((0, 0, 20, 30)))
        if is_periodic:
            programme["upgrade"] = draw(st.sampled_from(("immediate", "immediate", "period_end")))
    return programme | fixed


@st.composite
def purchases(draw: st.DrawFn, zone: str, most: int = 7) -> list[Move]:
    ats = draw(st.lists(instants(zone), max_size=most))
    return [
        Move(f"e{n}", at, None, {"s": draw(st.integers(1, 60)), "n": 1}) for n, at in enumerate(ats)
    ]


@st.composite
def returns(draw: st.DrawFn, bought: list[Move], *, whole: bool = False) -> list[Move]:
    moves = []
    for n, move in enumerate(bought):
        if draw(st.integers(0, 3)) != 0:
            continue
        wait = timedelta(days=draw(st.sampled_from((0, 3, 10, 40, 400))), minutes=30)
        part = move.values["s"] if whole or draw(st.booleans()) else draw(st.integers(1, 70))
        is_all = part >= move.values["s"]
        values = {"s": -part, "n": -1 if is_all else 0}
        moves.append(Move(f"r{n}", move.at, move.at + wait, values, move.id))
    return moves


@st.composite
def lives(draw: st.DrawFn, /, **fixed: Any) -> Life:
    programme = draw(programmes(**fixed))
    zone = programme["time_zone"]
    enrolled = at_local(draw(st.sampled_from(ENROLLED_DAYS)), draw(st.sampled_from(TIMES)), zone)
    bought = draw(purchases(zone))
    return Life(programme, enrolled, bought + draw(returns(bought)))


def replay(
    programme: Programme, enrolled: datetime, moves: list[Move], until: datetime = UNTIL
) -> list[tuple[datetime, int, datetime | None]]:
    """Tell (at, rank, until) by the engine."""
    versions = [InForce(read_rules("random", 1, programme))]
    items = timeline(versions, history_of(enrolled, moves), until)
    return [(item.at, item.rank, item.until) for item in items]


def history_of(enrolled: datetime, moves: list[Move]) -> History:
    entries = [Entry(m.id, m.at, m.known, m.values, m.reverses) for m in moves]
    return History(enrolled, entries)
