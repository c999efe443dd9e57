"""A playbook as it is stored, and its parts read for use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID


class PlaybookState(StrEnum):
    """Where a playbook stands; only a live one makes tasks, an ended one stays ended."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


#: What may follow what; keeping a state is always allowed.
_NEXT: Mapping[PlaybookState, frozenset[PlaybookState]] = {
    PlaybookState.DRAFT: frozenset({PlaybookState.LIVE, PlaybookState.ENDED}),
    PlaybookState.LIVE: frozenset({PlaybookState.PAUSED, PlaybookState.ENDED}),
    PlaybookState.PAUSED: frozenset({PlaybookState.LIVE, PlaybookState.ENDED}),
    PlaybookState.ENDED: frozenset(),
}


def may_become(state: PlaybookState, following: PlaybookState) -> bool:
    """Tell whether a playbook may go from one state to another."""
    return state == following or following in _NEXT[state]


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `count` contacts in any `days` days, over all playbooks; of one channel or of all."""

    count: int
    days: int
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours (local, the end excluded; over midnight too) and weekdays (1 Monday) to leave alone."""

    start: time | None = None
    end: time | None = None
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a playbook is for: all that is given must hold; nothing given: everybody."""

    segment: str | None = None
    programme: str | None = None
    tiers: Sequence[str] = ()
    lifecycles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Playbook:
    """A row of `playbooks`; `document` is the checked document without its state."""

    playbook_key: str
    state: PlaybookState
    version: int
    document: Mapping[str, Any]
    live_since: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def trigger(self) -> Mapping[str, Any]:
        """Give what makes an occasion."""
        found: Mapping[str, Any] = self.document["trigger"]
        return found

    @property
    def action(self) -> Mapping[str, Any]:
        """Give what is to be done."""
        found: Mapping[str, Any] = self.document["action"]
        return found

    @property
    def audience(self) -> Audience:
        """Give whom it is for."""
        given = self.document.get("audience") or {}
        return Audience(
            given.get("segment"),
            given.get("programme"),
            tuple(given.get("tiers") or ()),
            tuple(given.get("lifecycles") or ()),
        )

    @property
    def caps(self) -> list[Cap]:
        """List its own caps."""
        given = self.document.get("caps") or ()
        return [Cap(cap["count"], cap["days"], cap.get("channel")) for cap in given]

    @property
    def quiet(self) -> Quiet:
        """Give when its customers are left alone."""
        given = self.document.get("quiet") or {}
        start, end = given.get("start"), given.get("end")
        return Quiet(
            None if start is None else time.fromisoformat(start),
            None if end is None else time.fromisoformat(end),
            frozenset(given.get("weekdays") or ()),
        )

    def channel_for(self, tier: str | None) -> str:
        """Name the channel: that of the tier where one is given, else the usual one."""
        by_tier = self.action.get("channel_by_tier") or {}
        channel: str = by_tier.get(tier, self.action["channel"])
        return channel


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody for whom there is an occasion; `occasion` names it within the playbook for ever.

    `details` says why, for staff; `words` fill placeholders of the message by language
    ({"festival": {"en", "zh"}}); `due_at` replaces the instant from which due days are counted.
    """

    profile_id: UUID
    occasion: str
    details: Mapping[str, Any]
    words: Mapping[str, Mapping[str, str]]
    due_at: datetime | None = None
