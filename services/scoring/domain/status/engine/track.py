"""The track: one current tier with upgrade, refresh, review, grace and downgrade policies."""

from __future__ import annotations

from services.scoring.domain.status.engine.calendars import FOREVER
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.machine import Carried, Machine
from services.scoring.domain.status.engine.reasons import Reason


class Track:
    """A tier earned, refreshed, reviewed at its end, kept through a grace or lowered."""

    __slots__ = (
        "anchor", "cycle", "desk", "grace_end", "period_end", "rank", "reason", "since", "until",
    )  # fmt: skip

    def __init__(self, desk: Desk, carried: Carried, t: int) -> None:
        self.desk = desk
        self.rank, self.until, self.since = carried.rank, carried.until, carried.since
        self.anchor, self.cycle = carried.anchor, carried.cycle
        self.grace_end = carried.grace_end
        #: End of the running period, if something was bought in it and upgrades wait for it.
        self.period_end = self._awaited(t)
        self.reason = Reason.ENTERED
        if self.rank and not carried.is_promised:  # it followed its window: now it gets an end
            self.anchor, self.cycle, self.until = t, 1, desk.validity(t)

    @property
    def due(self) -> int:
        """The next period end, review or end of grace."""
        clock = self.until if self.grace_end == FOREVER else self.grace_end
        return min(clock, self.period_end)

    def tick(self, t: int) -> None:
        """Do the clock work of an instant: period end, review, end of grace."""
        if self.period_end <= t:
            self._end_period(self.period_end)
        if self.grace_end == FOREVER and self.until <= t:
            self._review(self.until)
        if self.grace_end <= t:
            self._end_grace(self.grace_end)

    def purchase(self, ev: int, t: int) -> None:
        """Renew in grace, then rise or refresh at once; or wait for the end of the period."""
        desk = self.desk
        if self.grace_end != FOREVER:
            sums = desk.grace_sums(self.since, self.until, t)
            if desk.ladder.keeps[self.rank].holds(sums):
                self._renew()
        at = ev if desk.is_periodic else t
        if desk.rules.upgrade == "period_end":
            self._await_period_end(at, t)
        else:
            self._rise_or_refresh(at, t)

    @property
    def asks_replay(self) -> bool:
        """Whether a return is taken back at once."""
        return self.desk.rules.clawback == "immediate" and self.rank > 0

    def fork(self, desk: Desk) -> Track:
        """Copy its state to go on beside another book."""
        twin = object.__new__(Track)
        twin.desk, twin.rank, twin.until, twin.since = desk, self.rank, self.until, self.since
        twin.anchor, twin.cycle, twin.grace_end = self.anchor, self.cycle, self.grace_end
        twin.period_end, twin.reason = self.period_end, self.reason
        return twin

    def state(self) -> tuple[int, ...]:
        """Give all that decides how it lives on."""
        return (
            self.rank, self.until, self.since, self.anchor, self.cycle, self.grace_end,
            self.period_end,
        )  # fmt: skip

    def is_like(self, other: Machine) -> bool:
        """Tell whether it will live on exactly as another one."""
        return isinstance(other, Track) and self.state() == other.state()

    def take_back(self, replayed: Machine | None, t: int) -> None:
        """Become the replay of what is left if that is lower, or the same and ends earlier."""
        if not isinstance(replayed, Track):
            return
        if (replayed.rank, replayed.until) < (self.rank, self.until):
            self.rank, self.until, self.since = replayed.rank, replayed.until, replayed.since
            self.anchor, self.cycle = replayed.anchor, replayed.cycle
            self.grace_end = replayed.grace_end
            self.reason = Reason.CLAWBACK

    def carried(self) -> Carried:
        """Hand over the tier with its end."""
        return Carried(
            self.rank, self.until, self.since, self.anchor, self.cycle, self.grace_end,
            is_promised=True,
        )  # fmt: skip

    def _rise_or_refresh(self, ev: int, t: int) -> None:
        desk = self.desk
        reached = desk.ladder.entered(desk.window_sums(ev))
        if reached > self.rank:
            until = desk.validity(ev)
            if until > t:
                self._enter(reached, until, ev, t)
        elif reached == self.rank > 0 and desk.rules.refresh == "latest":
            until = desk.validity(ev)
            if until > self.until:
                self.until, self.anchor, self.cycle = until, ev, 1
                self.grace_end = FOREVER
                self.reason = Reason.REFRESHED

    def _enter(self, rank: int, until: int, anchor: int, t: int) -> None:
        self.rank, self.until, self.since = rank, until, t
        self.anchor, self.cycle = anchor, 1
        self.grace_end = FOREVER
        self.reason = Reason.QUALIFIED

    def _await_period_end(self, ev: int, t: int) -> None:
        end = self.desk.periods.start(self.desk.periods.number_of(ev) + 1)
        if t < end:
            self.period_end = end

    def _awaited(self, t: int) -> int:
        """Find the end to wait for where a version takes over at `t` from one that waited."""
        desk = self.desk
        if desk.rules.upgrade != "period_end":
            return FOREVER
        number = desk.periods.number_of(t - 1)  # a period that ends now is still to be looked at
        bought = next(desk.book.between(desk.periods.start(number), t), None)
        return FOREVER if bought is None else desk.periods.start(number + 1)

    def _end_period(self, p: int) -> None:
        desk = self.desk
        self.period_end = FOREVER
        reached = desk.ladder.entered(desk.window_sums(p - 1))
        if reached > self.rank:
            is_by_period = desk.rules.validity.kind == "periods"
            until = desk.validity(p - 1 if is_by_period else p)
            if until > p:
                self._enter(reached, until, p, p)

    def _review(self, b: int) -> None:
        desk = self.desk
        sums = desk.review_sums(self.since, b)
        if desk.rules.downgrade == "never" or desk.ladder.keeps[self.rank].holds(sums):
            self._renew()
        elif desk.rules.grace_days:
            self.grace_end = desk.zone.add_days(b, desk.rules.grace_days)
            self.reason = Reason.GRACE
        else:
            self._lower(sums)

    def _end_grace(self, g: int) -> None:
        desk = self.desk
        sums = desk.grace_sums(self.since, self.until, g)
        if desk.ladder.keeps[self.rank].holds(sums):
            self._renew()
        else:
            self._lower(sums)

    def _renew(self) -> None:
        b = self.until
        self.until, self.cycle = self.desk.renewal(self.anchor, self.cycle, b)
        self.since = b
        self.grace_end = FOREVER
        self.reason = Reason.REVIEW_KEPT

    def _lower(self, sums: list[int]) -> None:
        b = self.until
        self.rank = self._rank_below(sums)
        if self.rank:
            self.until, self.cycle = self.desk.renewal(self.anchor, self.cycle, b)
        else:
            self.until = FOREVER
        self.since = b
        self.grace_end = FOREVER
        self.reason = Reason.REVIEW_LOWERED

    def _rank_below(self, sums: list[int]) -> int:
        policy = self.desk.rules.downgrade
        if policy == "base":
            return 0
        best = self.desk.ladder.kept_below(sums, self.rank)
        return best if policy == "qualified" else max(self.rank - 1, best)
