"""What each feature says of one customer, or why it says nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from services.scoring.domain.features import Feature
from services.scoring.domain.features.behaviour_table import BROWSING

Channel = Literal["online", "offline", "hybrid"]
ONLINE_FROM: Final = 0.9
OFFLINE_UP_TO: Final = 0.1


class State(StrEnum):
    """Whether a value means what it says."""

    KNOWN = "known"
    SOURCE_NEVER_SEEN = "source_never_seen"
    REMOVED_BY_CONSENT = "removed_by_consent"


@dataclass(frozen=True, slots=True)
class Reading:
    """One feature of one customer; `value` is None where consent was withdrawn."""

    feature: Feature
    value: float | None
    state: State


def read_sheet(
    features: Iterable[Feature],
    values: Mapping[str, float],
    never_seen: Collection[str],
    *,
    is_withdrawn: bool,
) -> list[Reading]:
    """Say of each feature what it is; `never_seen` are sources the shop has never sent."""
    return [
        _removed(feature)
        if is_withdrawn and feature.needs_consent
        else _read(feature, values[feature.name], never_seen)
        for feature in features
    ]


def _removed(feature: Feature) -> Reading:
    return Reading(feature, None, State.REMOVED_BY_CONSENT)


def _read(feature: Feature, value: float, never_seen: Collection[str]) -> Reading:
    is_missing = value == 0 and lacks_source(feature, never_seen)
    return Reading(feature, value, State.SOURCE_NEVER_SEEN if is_missing else State.KNOWN)


def lacks_source(feature: Feature, never_seen: Collection[str]) -> bool:
    """Say whether a feature cannot be computed: of the ways to browse, any one is enough."""
    browsing = [source for source in feature.sources if source in BROWSING]
    others = [source for source in feature.sources if source not in BROWSING]
    return any(source in never_seen for source in others) or (
        bool(browsing) and all(source in never_seen for source in browsing)
    )


def never_seen_before(census: Mapping[str, date | None], cutoff: date) -> frozenset[str]:
    """Name the sources of which nothing had come before a date; none before the first census."""
    return frozenset(source for source, first in census.items() if first is None or first >= cutoff)


def channel_of(values: Mapping[str, float]) -> Channel | None:
    """Call a customer online from 90 % online orders, offline up to 10 %, else hybrid."""
    if values["order_days"] == 0:
        return None
    share = values["online_share"]
    if share >= ONLINE_FROM:
        return "online"
    return "offline" if share <= OFFLINE_UP_TO else "hybrid"
