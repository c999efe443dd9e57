"""Pins: a tier set by hand, exact over ceiling over floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.scoring.domain.status.engine.history import PinMode


class Nail(NamedTuple):
    """A pin with its instants in microseconds."""

    start: int
    end: int
    mode: PinMode
    tier_key: str
    pin_id: str


def pinned(rank: int, active: Sequence[tuple[int, Nail]]) -> int:
    """Lay active pins, each with its rank, over a rank.

    Floors raise, then ceilings cap, then the exact pin that started latest sets.
    """
    floors = [at for at, nail in active if nail.mode == "floor"]
    ceilings = [at for at, nail in active if nail.mode == "ceiling"]
    exact = [(nail.start, nail.pin_id, at) for at, nail in active if nail.mode == "exact"]
    if exact:
        return max(exact)[-1]
    return min([max([rank, *floors]), *ceilings])


def held_until(rank: int, beneath: tuple[int, int], active: Sequence[tuple[int, Nail]]) -> int:
    """Tell until when a rank shown is held, given the rank and the end that lie beneath the pins.

    An exact pin holds it to its own end, a floor at least to its own; a ceiling no longer than to
    its own, and no longer than what it caps.
    """
    exact = [(nail.start, nail.pin_id, nail.end) for _, nail in active if nail.mode == "exact"]
    if exact:
        return max(exact)[-1]
    claims = [beneath, *((at, nail.end) for at, nail in active if nail.mode == "floor")]
    end = max(end for at, end in claims if at >= rank)
    if max(claims)[0] == rank:
        return end
    cap = max(nail.end for at, nail in active if nail.mode == "ceiling" and at == rank)
    return min(end, cap) if rank else cap
