"""Chance for waits: senders who failed at one moment do not come back at one moment.

From the machine's own source: whoever seeds Python's (a test, a library, a fork) would make
processes wait alike, and a draw from here disturbs nobody who counts on a seed.
"""

from collections.abc import Callable
from math import inf
from random import SystemRandom
from typing import Final

#: Draws a number of 0..1, anew each time.
jitter: Final[Callable[[], float]] = SystemRandom().random


def jitter_s(least: int, most: int) -> int:
    """Draw whole seconds between two bounds, both included."""
    return least + int(jitter() * (most - least + 1))


def backoff_s(
    attempt: int, *, first_s: float, most_s: float = inf, draw: Callable[[], float] = jitter
) -> float:
    """Draw a wait from a span that doubles with each attempt (full jitter); `attempt` from 0."""
    return draw() * min(most_s, first_s * 2.0**attempt)
