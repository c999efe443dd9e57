"""Grants: a tier paid for, invited to or imported, and tiers that ask for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.scoring.domain.status.engine.calendars import FOREVER
from services.scoring.domain.status.engine.history import GrantKind


class Gift(NamedTuple):
    """A grant with its instants in microseconds."""

    start: int
    end: int
    kind: GrantKind
    tier_key: str


def granted(
    asks: Sequence[GrantKind | None], rank: int, until: int, active: Sequence[tuple[int, Gift]]
) -> tuple[int, int]:
    """Lay active grants, each with its rank, over an earned rank and its end: (rank, until).

    A grant is a floor; a tier that asks for a kind (`asks`, by rank) cannot be held while no grant
    of that kind is active, and ends with it. Whoever may not hold a tier holds the next below.
    """
    if not active and not any(asks):
        return rank, until
    kinds: dict[GrantKind | None, int] = {None: FOREVER}
    for _, gift in active:
        kinds[gift.kind] = max(kinds.get(gift.kind, 0), gift.end)
    claims = [(rank, until), *((at, gift.end) for at, gift in active)]
    held = max(at for at, _ in claims)
    while held and asks[held] not in kinds:
        held -= 1
    if held == 0:
        return 0, FOREVER
    end = max(end for at, end in claims if at >= held)
    return held, min(end, kinds[asks[held]])
