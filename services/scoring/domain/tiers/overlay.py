"""Pins and grants over an earned tier: they show another one while they last and leave it as is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.tiers.decision import Because, Customer
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import TierChange

_FLOOR, _CEILING, _EXACT = "floor", "ceiling", "exact"


@dataclass(frozen=True, slots=True)
class Control:
    """A pin or a grant as it acts on one ladder during [starts_at, ends_at).

    `kind`: "pin", or the grant's kind. A grant is a floor.
    """

    mode: str
    kind: str
    rank: int
    starts_at: datetime
    ends_at: datetime | None

    def acts_at(self, at: datetime) -> bool:
        """Tell whether it acts at an instant."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    @property
    def boundaries(self) -> tuple[datetime, ...]:
        """List the instants at which it begins and ceases to act."""
        return (self.starts_at,) if self.ends_at is None else (self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown at an instant: the rank, since when, and the control that makes it so.

    `changes` are those that could be seen; `changes_at`: the next boundary of a control; `until`:
    when what controls show ends, None where nothing ends it.
    """

    rank: int
    since: datetime
    changes: tuple[TierChange, ...]
    control: Control | None
    changes_at: datetime | None
    until: datetime | None = None

    @property
    def is_pinned(self) -> bool:
        """Tell whether people set the shown tier by hand."""
        return self.control is not None and self.control.kind == "pin"


def controls_of(
    ranks: Mapping[str, int], pins: Sequence[Pin], grants: Sequence[Grant]
) -> tuple[Control, ...]:
    """Lay pins and grants on a ladder; a tier that it does not have (any more) is passed over."""
    pinned = [
        Control(str(pin.mode), "pin", ranks[pin.tier_key], pin.starts_at, pin.ends_at)
        for pin in sorted(pins, key=lambda pin: (pin.starts_at, str(pin.pin_id)))
        if pin.tier_key in ranks
    ]
    granted = [
        Control(_FLOOR, str(grant.kind), ranks[grant.tier_key], grant.starts_at, grant.ends_at)
        for grant in sorted(grants, key=lambda grant: (grant.starts_at, str(grant.grant_id)))
        if grant.tier_key in ranks
    ]
    return (*granted, *pinned)


def shown_of(
    customer: Customer, ranks: Mapping[str, int], changes: Sequence[TierChange], now: datetime
) -> Shown | None:
    """Lay a customer's pins and grants over their whole earned timeline; None without any."""
    if not customer.has_controls:
        return None
    controls = controls_of(ranks, customer.pins, customer.grants)
    return overlay(changes, controls, now) if controls else None


def reason_of_shown(
    customer: Customer, release_id: int, tier_key: str, shown: Shown
) -> Because | None:
    """Say why the told tier differs from the newest in history; None where it does not."""
    told = customer.last_told
    if told is None:
        return Because.FIRST_DECISION
    if told[0] == tier_key:
        return None
    if told[1] != release_id:
        return Because.RELEASE
    move = shown.changes[-1].move
    return Because.CORRECTION if move is Move.ENTERED else Because(move.value)


def shown_at(earned: int, controls: Sequence[Control], at: datetime) -> tuple[int, Control | None]:
    """Give the rank shown over an earned one, and which control decides; None if none does.

    Floors raise, then ceilings cap, then the exact pin that starts last sets; of several that
    start at once the one given last, as in status programmes.
    """
    acting = [control for control in controls if control.acts_at(at)]
    rank, decides = earned, None
    for control in acting:
        if control.mode == _FLOOR and control.rank > rank:
            rank, decides = control.rank, control
    for control in acting:
        if control.mode == _CEILING and control.rank < rank:
            rank, decides = control.rank, control
    exact = [control for control in acting if control.mode == _EXACT]
    if exact:
        decides = exact[-1]  # `controls_of` has them in this order
        rank = decides.rank
    return rank, decides


def overlay(changes: Sequence[TierChange], controls: Sequence[Control], now: datetime) -> Shown:
    """Lay controls over a whole earned timeline, its first change included, up to now.

    A change that a control hides is no change.
    """
    earned_at = {change.at: change for change in changes}
    first = changes[0].at
    bounds = {bound for control in controls for bound in control.boundaries}
    shown: list[TierChange] = []
    rank, before = changes[0].rank, None
    for at in sorted(earned_at.keys() | {bound for bound in bounds if first < bound <= now}):
        rank = earned_at[at].rank if at in earned_at else rank
        seen, control = shown_at(rank, controls, at)
        if not shown or shown[-1].rank != seen:
            shown.append(TierChange(at, seen, _move(earned_at.get(at), control, before)))
        before = control
    seen, control = shown_at(rank, controls, now)
    return Shown(
        rank=seen,
        since=shown[-1].at,
        changes=tuple(shown),
        control=control,
        changes_at=min((bound for bound in bounds if bound > now), default=None),
        until=None if control is None else held_until(control, rank, controls, now),
    )


def held_until(
    decides: Control, earned: int, controls: Sequence[Control], at: datetime
) -> datetime | None:
    """Tell until when the rank that a control shows at an instant is held; None: without an end.

    What is earned has no end. Several floors (or ceilings) at a rank hold it until the last ends;
    a ceiling holds it no longer than what it caps.
    """
    if decides.mode == _EXACT:
        return decides.ends_at
    acting = [control for control in controls if control.acts_at(at)]
    floors = [each.ends_at for each in acting if each.mode == _FLOOR and each.rank >= decides.rank]
    beneath = None if earned >= decides.rank else _latest(floors)
    if decides.mode == _FLOOR:
        return beneath
    alike = [each for each in acting if each.mode == _CEILING and each.rank == decides.rank]
    ends = [_latest([each.ends_at for each in alike]), beneath if decides.rank else None]
    return min((end for end in ends if end is not None), default=None)


def _latest(ends: Sequence[datetime | None]) -> datetime | None:
    told = [end for end in ends if end is not None]
    return max(told) if len(told) == len(ends) else None


def _move(earned: TierChange | None, control: Control | None, before: Control | None) -> Move:
    """Name why the tier shown changed: what shows it now, what ceased to, or what was earned."""
    if control is not None:
        return Move.PINNED if control.kind == "pin" else Move.GRANTED
    if earned is not None:
        return earned.move
    return Move.PIN_ENDED if before is not None and before.kind == "pin" else Move.GRANT_ENDED
