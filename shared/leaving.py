"""How a process leaves: it says so, serves on while others learn of it, and only then stops."""

import signal
from dataclasses import dataclass
from time import monotonic
from types import FrameType

import uvicorn
from typing_extensions import override


@dataclass(slots=True)
class Leaving:
    """Whether this process was asked to leave: its readiness and its answers say so."""

    is_asked: bool = False


class Server(uvicorn.Server):
    """Serves on for `drain_s` after the first SIGTERM; Ctrl-C or a second one stops at once."""

    def __init__(self, config: uvicorn.Config, *, drain_s: float) -> None:
        """Take how long balancers need to see that this process is not ready any more."""
        super().__init__(config)
        self.leaving = Leaving()
        self._drain_s = drain_s
        self._stop_at: float | None = None

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain at the first SIGTERM."""
        if sig == signal.SIGTERM and self._drain_s > 0 and not self.leaving.is_asked:
            self.leaving.is_asked = True
            self._stop_at = monotonic() + self._drain_s
        else:
            super().handle_exit(sig, frame)

    @override
    async def on_tick(self, counter: int) -> bool:
        """Stop when the time to drain is over; asked ten times a second."""
        if self._stop_at is not None and monotonic() >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)
