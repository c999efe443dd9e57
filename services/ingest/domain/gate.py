"""How much may be in the house at once: no more than leaves it again within a client's patience."""

from dataclasses import dataclass

#: Finished work is measured over at least so long; a pause longer than it is not work.
_WINDOW_S = 0.25
_SMOOTHING = 0.3


@dataclass(slots=True)
class Gate:
    """Counts bytes that were let in and are not answered yet.

    `floor_bytes` are always let in; `most_bytes` bound the memory; between the two it closes when
    what is inside would take longer than `patience_s` at the pace measured last.
    """

    patience_s: float
    floor_bytes: int
    most_bytes: int
    inside: int = 0
    _pace: float = 0.0
    _done: int = 0
    _window_from: float = 0.0

    def is_open(self, size: int) -> bool:
        """Tell whether a body of this size may come in; an empty house takes any."""
        after = self.inside + size
        if not self.inside or after <= self.floor_bytes:
            return True
        if after > self.most_bytes:
            return False
        return not self._pace or after <= self._pace * self.patience_s

    def enter(self, size: int, now: float) -> None:
        """Let a body in."""
        if not self.inside:  # nobody was served meanwhile: that says nothing about the pace
            self._window_from, self._done = now, 0
        self.inside += size

    def leave(self, size: int, now: float) -> None:
        """Note that a body was answered, and how fast such come out."""
        self.inside -= size
        self._done += size
        took = now - self._window_from
        if took >= _WINDOW_S:
            measured = self._done / took
            known = self._pace or measured
            self._pace = known + _SMOOTHING * (measured - known)
            self._window_from, self._done = now, 0
