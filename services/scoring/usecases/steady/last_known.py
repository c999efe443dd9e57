"""Answers from the file: mapped, looked at again when it was replaced, ignored when not ours."""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from services.scoring.domain.last_known.answer import Age, encoded, stale_answer
from services.scoring.domain.last_known.layout import (
    Header,
    KnownKey,
    KnownProgramme,
    Snapshot,
    SnapshotRefused,
)
from services.scoring.errors import UnknownProgramme
from shared.keys import Caller
from shared.logs import logger

KEYS_HONOURED_S: Final = 7 * 86_400
SNAPSHOT_REFUSED: Final = "snapshot_refused"


class DatabaseAway(ConnectionError):
    """The database is away, and there is nothing to answer from (503)."""


class LastKnown:
    """The last known tiers of this host; empty while there is no file of ours."""

    __slots__ = ("_callers", "_key", "_max_stale_s", "_path", "_seconds", "_seen", "_snapshot")

    def __init__(
        self,
        path: Path,
        key: bytes,
        *,
        max_stale_s: float,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        """Take where the file lies, its key, and after which age it has expired."""
        self._path = path
        self._key = key
        self._max_stale_s = max_stale_s
        self._seconds = seconds
        self._seen: tuple[int, int, int] | None = None
        self._snapshot: Snapshot | None = None
        self._callers: dict[bytes, Caller] = {}

    @property
    def header(self) -> Header | None:
        """Give what the file says of itself; None without one."""
        return None if self._snapshot is None else self._snapshot.header

    @property
    def age_s(self) -> float:
        """Tell how many seconds ago the file was written; raises DatabaseAway without one."""
        return self._seconds() - self._known().header.written_at.timestamp()

    def refresh(self) -> None:
        """Look whether the file was replaced; one that is not ours is told once and ignored."""
        try:
            found = self._path.stat()
        except OSError:
            return
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            snapshot = Snapshot(_mapped(self._path), self._key)
            callers = {bytes.fromhex(key.key_hash): _caller(key) for key in snapshot.header.keys}
        except (SnapshotRefused, OSError, ValueError, KeyError, TypeError) as error:
            because = str(error) if isinstance(error, SnapshotRefused) else type(error).__name__
            logger("scoring").warning(SNAPSHOT_REFUSED, because=because)
        else:
            self._snapshot, self._callers = snapshot, callers

    def caller(self, key_hash: bytes) -> Caller | None:
        """Find a key that was valid when the file was written, if that is not a week ago.

        Longer than tiers are fresh: what has expired is told all the same, and says so.
        """
        if self._snapshot is None or self.age_s > KEYS_HONOURED_S:
            return None
        return self._callers.get(key_hash)

    def answers(
        self,
        keys: Sequence[tuple[str, bytes]],
        names: Sequence[str | None],
        programme: str | None,
    ) -> list[dict[str, Any]]:
        """Answer for many in one programme; raises UnknownProgramme and DatabaseAway."""
        place, named = self._programme(programme)
        return [
            self._answer(kind, lookup, name, [(place, named)])[0]
            for (kind, lookup), name in zip(keys, names, strict=True)
        ]

    def answers_of(
        self, key: tuple[str, bytes], name: str | None, programmes: Sequence[str] | None
    ) -> list[dict[str, Any]]:
        """Answer for one in several programmes, in their order; raises as `answers`."""
        asked = [p.key for p in self.programmes()] if programmes is None else programmes
        return self._answer(*key, name, [self._programme(each) for each in asked])

    def programmes(self) -> tuple[KnownProgramme, ...]:
        """List the programmes; raises DatabaseAway."""
        return self._known().header.programmes

    def _answer(
        self,
        kind: str,
        lookup: bytes,
        name: str | None,
        programmes: Sequence[tuple[int, KnownProgramme]],
    ) -> list[dict[str, Any]]:
        snapshot = self._known()
        age = Age(snapshot.header.as_of, self.age_s > self._max_stale_s)
        held = snapshot.find(kind, lookup)
        return [
            stale_answer(name, named, None if held is None else [held[place]], age)
            for place, named in programmes
        ]

    def _programme(self, asked: str | None) -> tuple[int, KnownProgramme]:
        for place, each in enumerate(self.programmes()):
            if each.key == asked or (asked is None and each.is_default):
                return place, each
        raise UnknownProgramme

    def _known(self) -> Snapshot:
        if self._snapshot is None:
            raise DatabaseAway
        return self._snapshot


def batch_of(answers: Sequence[dict[str, Any]]) -> bytes:
    """Write answers as one body."""
    return b'{"answers":[' + b",".join(map(encoded, answers)) + b"]}"


def _caller(key: KnownKey) -> Caller:
    return Caller(UUID(key.key_id), key.name, frozenset(key.scopes), key.source)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
