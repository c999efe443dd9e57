"""The file a host answers from while its database is away: how it is laid out.

Magic and lengths, a JSON header (HeaderOf), rows of one width sorted by their hash, and at the end
an HMAC over all of it: a file that is torn, or of another installation, is no file of ours. A row
is 16 bytes of a keyed hash of one identifier and 6 bytes a programme; it names nobody.
"""

from __future__ import annotations

import hmac
import json
import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any, Final

MAGIC: Final = b"TLKNOWN1"
HASH_BYTES: Final = 16
MAC_BYTES: Final = 32
STATUSES: Final = ("held", "at_risk", "grace", "pinned", "provisional")
_FRONT: Final = struct.Struct(">8sIQ")
_SLOT: Final = struct.Struct(">HI")
_NOTHING: Final = 0xFFFF
_LAST_SECOND: Final = 0xFFFF_FFFF
#: Ranks share 16 bits with the status.
MAX_RANK: Final = 4094


class SnapshotRefused(ValueError):
    """The file is torn, of another installation or of another form."""


@dataclass(frozen=True, slots=True)
class KnownProgramme:
    """What a programme was when the file was written; `tiers` from rank 0 up, as answers name them.

    `offer` holds the parts of its document that benefits are read from.
    """

    key: str
    version: int
    audience: str
    is_default: bool
    release_id: int | None
    model_version: str | None
    tiers: list[dict[str, Any]]
    offer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownKey:
    """An API key that was valid then, by its SHA-256 in hexadecimal."""

    key_hash: str
    key_id: str
    name: str
    scopes: list[str]
    source: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """Everything but the customers; `written_at` by the machine's clock, `as_of` by the shop's.

    `withdrawn` names the latest erasure and revocation that the file knows of.
    """

    written_at: datetime
    as_of: datetime
    withdrawn: str
    programmes: tuple[KnownProgramme, ...]
    keys: tuple[KnownKey, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One tier held; `until=None` where nothing ends it."""

    rank: int
    status: str
    until: datetime | None


def hash_of(key: bytes, kind: str, lookup_key: bytes) -> bytes:
    """Name an identifier in the file: 16 bytes of keyed BLAKE2b over kind and look-up key."""
    begun = _begun(key, kind).copy()
    begun.update(lookup_key)
    return begun.digest()


@lru_cache(maxsize=256)
def _begun(key: bytes, kind: str) -> blake2b:
    """Begin the hash of every identifier of a kind."""
    label = kind.encode()
    message = len(label).to_bytes(2, "big") + label
    return blake2b(message, key=key, digest_size=HASH_BYTES)


def row_of(name: bytes, slots: Iterable[bytes]) -> bytes:
    """Lay out one identifier's row, a slot a programme in their order."""
    return name + b"".join(slots)


@lru_cache(maxsize=100_000)
def slot_of(rank: int | None, status: str | None, until: datetime | None) -> bytes:
    """Lay out what is held in one programme; no rank where it has not decided on them yet."""
    if rank is None or not 0 <= rank <= MAX_RANK:
        return _SLOT.pack(_NOTHING, 0)
    place = STATUSES.index(status) if status in STATUSES else 0
    return _SLOT.pack(rank << 4 | place, _seconds(until))


def _seconds(until: datetime | None) -> int:
    """Count whole seconds from 1970, rounded down; 0 for no end and for one beyond 2106."""
    if until is None:
        return 0
    seconds = int(until.timestamp())
    return seconds if 0 < seconds <= _LAST_SECOND else 0


def file_of(key: bytes, header: Header, rows: Sequence[bytes]) -> bytes:
    """Lay out a whole file; `rows` in any order, all of one width."""
    head = json.dumps(_written(header), ensure_ascii=False, separators=(",", ":")).encode()
    front = _FRONT.pack(MAGIC, len(head), len(rows)) + head
    body = b"".join((front, *sorted(rows)))
    return body + hmac.digest(key, body, sha256)


def _written(header: Header) -> dict[str, Any]:
    times = {"written_at": header.written_at.isoformat(), "as_of": header.as_of.isoformat()}
    return {**asdict(header), **times}


class Snapshot:
    """A file of last known tiers, looked up in place: `buffer` may be a map of the file."""

    __slots__ = ("_buffer", "_key", "_rows", "_start", "_width", "header")

    def __init__(self, buffer: Any, key: bytes) -> None:
        """Take the bytes and the key it must be signed with; raises SnapshotRefused."""
        self._buffer = memoryview(buffer)
        self._key = key
        self.header, self._start, self._rows = _opened(self._buffer, key)
        self._width = HASH_BYTES + _SLOT.size * len(self.header.programmes)
        if self._start + self._rows * self._width + MAC_BYTES != len(self._buffer):
            raise SnapshotRefused("its rows are of another width")

    def __len__(self) -> int:
        return self._rows

    def find(self, kind: str, lookup_key: bytes) -> tuple[Held | None, ...] | None:
        """Find what a customer held, in the order of the programmes; None for an unknown one."""
        name = hash_of(self._key, kind, lookup_key)
        place = bisect_left(range(self._rows), name, key=self._name_at)
        if place == self._rows or self._name_at(place) != name:
            return None
        begin = self._start + place * self._width + HASH_BYTES
        slots = self._buffer[begin : begin + self._width - HASH_BYTES]
        return tuple(_held(word, until) for word, until in _SLOT.iter_unpack(slots))

    def _name_at(self, place: int) -> bytes:
        begin = self._start + place * self._width
        return bytes(self._buffer[begin : begin + HASH_BYTES])


def _held(word: int, seconds: int) -> Held | None:
    if word == _NOTHING:
        return None
    until = datetime.fromtimestamp(seconds, UTC) if seconds else None
    return Held(word >> 4, STATUSES[word & 15], until)


def _opened(buffer: memoryview, key: bytes) -> tuple[Header, int, int]:
    if len(buffer) < _FRONT.size + MAC_BYTES:
        raise SnapshotRefused("it is too short")
    magic, head_bytes, rows = _FRONT.unpack(buffer[: _FRONT.size])
    if magic != MAGIC:
        raise SnapshotRefused("it is of another form")
    body, mac = buffer[:-MAC_BYTES], bytes(buffer[-MAC_BYTES:])
    if not hmac.compare_digest(hmac.digest(key, body, sha256), mac):
        raise SnapshotRefused("it is torn, or of another installation")
    start = _FRONT.size + head_bytes
    return _header(json.loads(bytes(buffer[_FRONT.size : start]))), start, rows


def _header(members: dict[str, Any]) -> Header:
    return Header(
        written_at=datetime.fromisoformat(members["written_at"]),
        as_of=datetime.fromisoformat(members["as_of"]),
        withdrawn=members["withdrawn"],
        programmes=tuple(KnownProgramme(**each) for each in members["programmes"]),
        keys=tuple(KnownKey(**each) for each in members["keys"]),
    )
