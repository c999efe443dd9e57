"""What one version's rules see of one customer: window sums, validities and renewals."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.status.engine.book import Book
from services.scoring.domain.status.engine.calendars import FOREVER
from services.scoring.domain.status.engine.ladder import Ladder
from services.scoring.domain.status.engine.windows import rolling_start

_EVER: Final = -FOREVER


class Desk:
    """A version's ladder laid beside a customer's book."""

    __slots__ = ("_asked", "_told", "book", "is_periodic", "ladder", "periods", "rules", "zone")

    def __init__(self, ladder: Ladder, book: Book, enrolled: int) -> None:
        self.ladder = ladder
        self.rules = ladder.rules
        self.zone = ladder.zone
        self.book = book
        self.periods = ladder.periods_for(enrolled)
        self._asked: tuple[int, int] | None = None
        self._told = FOREVER
        self.is_periodic = ladder.rules.window.is_periodic

    def window_sums(self, t: int) -> list[int]:
        """Sum the window at an instant; of period windows the period it lies in."""
        if self.is_periodic:
            number = self.periods.number_of(t)
            return self.book.sums(self.periods.start(number), self.periods.start(number + 1))
        window = self.rules.window
        if window.kind == "rolling":
            return self.book.sums(rolling_start(window, self.zone, t) + 1, t + 1)
        return self.book.sums(_EVER, t + 1)

    def review_sums(self, since: int, b: int) -> list[int]:
        """Sum what a review at `b` measures keep over."""
        if self.rules.keep_window == "since_grant":
            return self.book.sums(since + 1, b + 1)
        if self.is_periodic:
            number = self.periods.number_of(b)
            return self.book.sums(self.periods.start(number - 1), self.periods.start(number))
        return self.window_sums(b)

    def grace_sums(self, since: int, b: int, t: int) -> list[int]:
        """Sum what keep is measured over at `t`, in the grace after the review at `b`."""
        if self.rules.keep_window == "since_grant":
            return self.book.sums(since + 1, t + 1)
        if self.is_periodic:
            return self.book.sums(self.periods.start(self.periods.number_of(b) - 1), t + 1)
        return self.window_sums(t)

    def validity(self, ev: int, cycles: int = 1) -> int:
        """Give the end of the validity that begins at an instant, stretched to some cycles."""
        asked = ev, cycles
        if asked != self._asked:  # every tier of an entry asks the same
            self._asked, self._told = asked, self._validity(ev, cycles)
        return self._told

    def _validity(self, ev: int, cycles: int) -> int:
        validity = self.rules.validity
        if validity.kind == "months":
            return self._rounded(self.zone.add_months(ev, cycles * validity.months))
        if validity.kind == "periods":
            return self._period_validity(self.periods.number_of(ev) + cycles - 1)
        return FOREVER

    def renewal(self, anchor: int, cycle: int, b: int) -> tuple[int, int]:
        """Give (until, cycle) of the cycle that a review at `b` opens; it always ends after `b`."""
        validity = self.rules.validity
        if validity.kind == "months":
            return self._month_renewal(anchor, cycle, b)
        if validity.kind == "periods":
            number = self.periods.number_of(b)
            until = self._period_validity(number - 1)
            return (until if until > b else self._period_validity(number)), cycle + 1
        return FOREVER, cycle + 1

    def _month_renewal(self, anchor: int, cycle: int, b: int) -> tuple[int, int]:
        until = b
        while until <= b:  # rounding up may end several cycles at one boundary
            cycle += 1
            until = self.validity(anchor, cycle)
        return until, cycle

    def _period_validity(self, number: int) -> int:
        validity = self.rules.validity
        return self.periods.start(number + 1 + validity.after, validity.plus_months)

    def _rounded(self, us: int) -> int:
        rounding = self.ladder.rounding
        if rounding is None or us >= FOREVER:
            return us
        number = rounding.number_of(us)
        start = rounding.start(number)
        return us if start == us else rounding.start(number + 1)
