"""A slow second reading of status programmes, written from the text alone: all sums, all again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.property.status_calendar import NEVER, Dates
from tests.property.status_programmes import Move, Programme


@dataclass
class State:
    rank: int = 0
    until: datetime = NEVER
    since: datetime = NEVER
    anchor: datetime = NEVER
    cycle: int = 0
    grace: datetime = NEVER
    untils: list[datetime] = field(default_factory=list)
    lands: list[datetime] = field(default_factory=list)


class Oracle:
    """One life, told from the text."""

    def __init__(self, programme: Programme, enrolled: datetime, moves: list[Move]) -> None:
        self.programme, self.tiers = programme, programme["tiers"]
        self.dates, self.enrolled = Dates(programme, enrolled), enrolled
        first = datetime.min.replace(tzinfo=UTC)
        empty = [first] * len(self.tiers)
        self.state = State(since=enrolled, untils=list(empty), lands=list(empty))
        self.known: list[Move] = []
        self.moves = sorted(self.prepared(moves), key=lambda m: (m.known, m.kind, m.id))
        self.told: list[tuple[datetime, int, datetime]] = []
        self.ended_periods: set[datetime] = set()

    def prepared(self, moves: list[Move]) -> list[Move]:
        unique: dict[str, Move] = {}
        for move in sorted(moves, key=lambda m: m.known or m.at):
            unique.setdefault(move.id, move)
        bought = {
            m.id: replace(m, known=self.dates.shift(m.at, days=self.programme["pending_days"]))
            for m in unique.values() if m.reverses is None
        }  # fmt: skip
        later = []
        for move in unique.values():
            if move.reverses not in bought:
                continue
            target = bought[move.reverses]
            known = move.known or move.at
            if known < (target.known or target.at):
                bought[target.id] = replace(target, values=minus(target.values, move.values))
            else:
                later.append(replace(move, at=target.at, known=max(known, self.enrolled)))
        counted = [m for m in bought.values() if any(m.values.values())]
        return later + [replace(m, known=max(m.known or m.at, self.enrolled)) for m in counted]

    def net(self) -> list[Move]:
        net = {m.id: m for m in self.known if m.reverses is None}
        for move in self.known:
            if move.reverses in net:
                target = net[move.reverses]
                net[target.id] = replace(target, values=minus(target.values, move.values))
        return [m for m in net.values() if any(m.values.values())]

    def after(self, begin: datetime, end: datetime) -> dict[str, int]:
        """Sum `(begin, end]`."""
        return total([m for m in self.net() if begin < m.at <= end])

    def periods(self, first: int, last: int) -> dict[str, int]:
        begin, end = self.dates.boundary(first), self.dates.boundary(last)
        return total([m for m in self.net() if begin <= m.at < end])

    @property
    def is_periodic(self) -> bool:
        return self.programme["window"]["kind"] in {"calendar", "anniversary"}

    def window(self, t: datetime) -> dict[str, int]:
        if self.is_periodic:
            number = self.dates.number(t)
            return self.periods(number, number + 1)
        if self.programme["window"]["kind"] == "lifetime":
            return self.after(datetime.min.replace(tzinfo=UTC), t)
        return self.after(self.dates.reach(t), t)

    def holds(self, which: str, rank: int, sums: dict[str, int]) -> bool:
        tier = self.tiers[rank]
        rule = tier.get(which) or tier["enter"]
        every = [sums.get(k, 0) >= v for k, v in rule.get("all", {}).items()]
        some = [sums.get(k, 0) >= v for k, v in rule.get("any", {}).items()]
        return all(every) and (any(some) or not some)

    def best(self, which: str, sums: dict[str, int], below: int | None = None) -> int:
        ranks = range(1, len(self.tiers) if below is None else below)
        return max((r for r in ranks if self.holds(which, r, sums)), default=0)

    # -- life ---------------------------------------------------------------------------------
    def live(self, until: datetime) -> list[tuple[datetime, int, datetime]]:
        moves, now = list(self.moves), self.enrolled
        while now <= until:
            self.clock(now)
            while moves and moves[0].known == now:
                self.move(moves.pop(0), now)
            self.tell(now)
            waiting = [m.known for m in moves[:1] if m.known is not None]
            now = max(min([*waiting, self.next_clock(now)]), now)
        return self.told

    def tell(self, now: datetime) -> None:
        shown = (now, self.state.rank, self.state.until if self.state.rank else NEVER)
        if len(self.told) > 1 and self.told[-1][0] == now:
            self.told.pop()
        if not self.told or self.told[-1][1:] != shown[1:]:
            self.told.append(shown)

    def next_clock(self, now: datetime) -> datetime:
        state, due = self.state, [NEVER]
        if state.rank and self.programme["validity"]["kind"] != "floating":
            due.append(state.until if state.grace == NEVER else state.grace)
        if self.is_periodic:
            due.append(self.dates.boundary(self.dates.number(now) + 1))
        if self.programme["window"]["kind"] == "rolling":
            leaves = [self.dates.leave(m.at) for m in self.known if m.reverses is None]
            due += [leave for leave in leaves if leave > now]
        return min(due)

    def clock(self, now: datetime) -> None:
        if self.programme["validity"]["kind"] == "floating":
            self.float(now)
        elif self.programme["qualification"] == "ledger":
            self.show(now)
        else:
            self.track_clock(now)

    def move(self, move: Move, now: datetime) -> None:
        before = total(self.net())
        self.known.append(move)
        if self.programme["validity"]["kind"] == "floating":
            self.float(now)
        elif move.reverses is None:
            self.buy(move, now)
        elif total(self.net()) != before:
            self.give_back(now)

    def give_back(self, now: datetime) -> None:
        is_ledger = self.programme["qualification"] == "ledger"
        if not is_ledger and self.programme["clawback"] == "at_review":
            return
        again = Oracle(self.programme | {"pending_days": 0}, self.enrolled, [])
        known = {m.id: m.known for m in self.known}
        left = [replace(m, known=known[m.id]) for m in self.net()]
        again.moves = sorted(left, key=lambda m: (m.known, m.id))
        again.live(now)
        old, new = self.state, again.state
        if is_ledger or (new.rank, new.until) < (old.rank, old.until):
            self.state = new

    def buy(self, move: Move, now: datetime) -> None:
        if self.programme["qualification"] == "ledger":
            self.earn(move.at if self.is_periodic else now, now)
        else:
            self.track_buy(move, now)

    # -- ledger -------------------------------------------------------------------------------
    def earn(self, ev: datetime, now: datetime) -> None:
        sums, state = self.window(ev), self.state
        for k in range(1, len(self.tiers)):
            kept = state.untils[k] > now and self.holds("keep", k, sums)
            if self.holds("enter", k, sums) or kept:
                state.untils[k] = max(state.untils[k], self.dates.valid_until(ev))
                for j in range(1, k):
                    landing = self.dates.valid_until(ev, k - j + 1)
                    state.lands[j] = max(state.lands[j], landing)
        self.show(now)

    def show(self, now: datetime) -> None:
        state = self.state
        is_soft = self.programme["downgrade"] == "one_step"
        state.rank, state.until = 0, NEVER
        for k in range(1, len(self.tiers)):
            until = max(state.untils[k], state.lands[k]) if is_soft else state.untils[k]
            if until > now:
                state.rank, state.until = k, until

    # -- floating -----------------------------------------------------------------------------
    def float(self, now: datetime) -> None:
        sums, rank = self.window(now), self.state.rank
        held = [k for k in range(1, len(self.tiers))
                if self.holds("keep" if k <= rank else "enter", k, sums)]  # fmt: skip
        self.state.rank = max(held, default=0)

    # -- track --------------------------------------------------------------------------------
    def track_clock(self, now: datetime) -> None:
        if self.programme["upgrade"] == "period_end" and self.is_periodic:
            number = self.dates.number(now)
            if self.dates.boundary(number) == now and now not in self.ended_periods:
                self.ended_periods.add(now)
                self.end_period(number, now)
        state = self.state
        if state.rank and state.grace == NEVER and state.until <= now:
            self.review(state.until)
        if state.grace <= now:
            sums = self.keep_sums(state.until, state.grace)
            if self.holds("keep", state.rank, sums):
                self.renew(state.until)
            else:
                self.lower(sums, state.until)

    def end_period(self, number: int, p: datetime) -> None:
        reached = self.best("enter", self.periods(number - 1, number))
        is_by_period = self.programme["validity"]["kind"] == "periods"
        until = self.dates.valid_until(p - timedelta(microseconds=1) if is_by_period else p)
        if reached > self.state.rank and until > p:
            self.state = replace(
                self.state, rank=reached, until=until, since=p, anchor=p, cycle=1, grace=NEVER
            )

    def keep_sums(self, b: datetime, t: datetime) -> dict[str, int]:
        """Sum what keep is measured over at `t`, for the review at `b` (t = b at the review)."""
        if self.programme["keep_window"] == "since_grant":
            return self.after(self.state.since, t)
        if not self.is_periodic:
            return self.window(t)
        number = self.dates.number(b)
        if t == b:
            return self.periods(number - 1, number)
        begin = self.dates.boundary(number - 1)
        return total([m for m in self.net() if begin <= m.at <= t])

    def review(self, b: datetime) -> None:
        sums = self.keep_sums(b, b)
        if self.programme["downgrade"] == "never" or self.holds("keep", self.state.rank, sums):
            self.renew(b)
        elif self.programme["grace_days"]:
            self.state.grace = self.dates.shift(b, days=self.programme["grace_days"])
        else:
            self.lower(sums, b)

    def renew(self, b: datetime) -> None:
        state, rule = self.state, self.programme["validity"]
        if rule["kind"] == "months":
            until = b
            while until <= b:
                state.cycle += 1
                until = self.dates.valid_until(state.anchor, state.cycle)
        else:
            number = self.dates.number(b)
            ends = [self.dates.valid_until(self.dates.boundary(n)) for n in (number - 1, number)]
            until = next(end for end in ends if end > b)
        state.until, state.since, state.grace = until, b, NEVER

    def lower(self, sums: dict[str, int], b: datetime) -> None:
        rank, policy = self.state.rank, self.programme["downgrade"]
        best = self.best("keep", sums, below=rank)
        steps = {"one_step": max(rank - 1, best), "qualified": best, "base": 0}
        self.renew(b)
        self.state.rank = steps[policy]
        if self.state.rank == 0:
            self.state.until = NEVER

    def track_buy(self, move: Move, now: datetime) -> None:
        if self.state.grace != NEVER:
            b = self.state.until
            if self.holds("keep", self.state.rank, self.keep_sums(b, now)):
                self.renew(b)
        if self.programme["upgrade"] == "period_end":
            return
        ev = move.at if self.is_periodic else now
        state, until = self.state, self.dates.valid_until(ev)
        reached = self.best("enter", self.window(ev))
        if reached > state.rank and until > now:
            self.state = replace(
                state, rank=reached, until=until, since=now, anchor=ev, cycle=1, grace=NEVER
            )
            return
        is_again = reached == state.rank > 0 and self.programme["refresh"] == "latest"
        if is_again and until > state.until:
            state.until, state.anchor, state.cycle, state.grace = until, ev, 1, NEVER


def minus(values: dict[str, int], change: dict[str, int]) -> dict[str, int]:
    return {k: max(v + change.get(k, 0), 0) for k, v in values.items()}


def total(moves: list[Move]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for move in moves:
        for k, v in move.values.items():
            sums[k] = sums.get(k, 0) + v
    return sums


def lived(
    programme: Programme, enrolled: datetime, moves: list[Move], until: datetime
) -> list[tuple[datetime, int, datetime | None]]:
    """Tell (at, rank, until) as the engine should."""
    told = Oracle(programme, enrolled, moves).live(until)
    return [(at, rank, None if end == NEVER else end) for at, rank, end in told]
