"""Ids made in Python: sortable row ids and the short keys that events are known by."""

import secrets
from datetime import datetime
from hashlib import sha256
from threading import Lock
from uuid import UUID

from shared.clock import Clock, SystemClock

_COUNTER_BITS = 12
_MAX_COUNTER = (1 << _COUNTER_BITS) - 1


class IdMaker:
    """Make uuid7 values (RFC 9562 section 5.7) that never go backwards in one process."""

    __slots__ = ("_clock", "_counter", "_lock", "_millis")

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the clock whose milliseconds lead every id."""
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._millis = 0
        self._counter = 0

    def uuid7(self) -> UUID:
        """Make the next id, greater than every one before it."""
        with self._lock:
            millis = _unix_millis(self._clock.now())
            if millis > self._millis:
                self._millis, self._counter = millis, secrets.randbits(_COUNTER_BITS - 1)
            elif self._counter < _MAX_COUNTER:
                self._counter += 1
            else:
                self._millis, self._counter = self._millis + 1, 0
            return _layout(self._millis, self._counter, secrets.randbits(62))


def _unix_millis(instant: datetime) -> int:
    return max(0, int(instant.timestamp() * 1000))


def _layout(millis: int, counter: int, random: int) -> UUID:
    value = (millis & ((1 << 48) - 1)) << 80
    return UUID(int=value | 0x7 << 76 | counter << 64 | 0b10 << 62 | random)


_SYSTEM = IdMaker()


def uuid7() -> UUID:
    """Make the next id on the machine's clock."""
    return _SYSTEM.uuid7()


def short_key(*parts: str) -> bytes:
    """Hash text parts to 16 bytes; lengths are hashed too, so parts never run together."""
    framed: list[bytes] = []
    for part in parts:
        encoded = part.encode()
        framed += (len(encoded).to_bytes(4, "big"), encoded)
    return sha256(b"".join(framed)).digest()[:16]


class ShortKeys:
    """Makes the `short_key` of parts that begin alike: their hash is begun once."""

    __slots__ = ("_begun",)

    def __init__(self, *parts: str) -> None:
        """Take the parts that all keys begin with."""
        self._begun = sha256()
        for part in parts:
            encoded = part.encode()
            self._begun.update(len(encoded).to_bytes(4, "big") + encoded)

    def of(self, part: str) -> bytes:
        """Return the short key of these parts and one more."""
        digest = self._begun.copy()
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
        return digest.digest()[:16]
