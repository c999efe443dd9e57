"""Attributes of a profile as they are told: the latest word on each stays, in any order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.ingest.domain.records import EventKey

#: Attributes a profile keeps from traits; those told last.
MOST: Final = 200
#: The name under which `told` keeps when all attributes were replaced.
ALL: Final = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known of a profile. `told`: when each attribute was, also of one taken away."""

    values: Mapping[str, Any]
    told: Mapping[str, str]


def stamp(at: datetime, key: EventKey) -> str:
    """Return what orders two words on one attribute; the key decides between equal instants."""
    return f"{at.isoformat(timespec='microseconds')} {key.hex()}"


def with_traits(known: Attributes, traits: Mapping[str, Any], told_at: str) -> Attributes:
    """Return the attributes after an event has told some; null takes one away.

    The result is the same for any order of the events.
    """
    values, told = dict(known.values), dict(known.told)
    floor = told.get(ALL, "")
    for name, value in traits.items():
        if name != ALL and told_at > max(floor, told.get(name, "")):
            told[name] = told_at
            values[name] = value
    oldest_first = sorted((at, name) for name, at in told.items() if name != ALL)
    for _, name in oldest_first[:-MOST]:
        values.pop(name, None)
        del told[name]
    return Attributes({n: v for n, v in values.items() if v is not None}, told)


def replaced(values: Mapping[str, Any], at: datetime) -> Attributes:
    """Return attributes given as a whole; what was told before says nothing any more."""
    return Attributes(values, {ALL: at.isoformat(timespec="microseconds")})
