"""Ranges of profile ids: what a rebuild covers, cut into shards that are done one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

#: Namespace of the ids of rebuilds: the same kind of rebuild has the same id.
_REBUILDS: Final = UUID("0b5f6a52-9d0c-5c1e-9a55-2b0f3c1d7e90")


@dataclass(frozen=True, slots=True)
class Span:
    """Profile ids from `first` to `last`, both included."""

    first: UUID
    last: UUID


EVERYBODY: Final = Span(UUID(int=0), UUID(int=2**128 - 1))
#: Stands for the receipts of nobody: no customer has this id.
NOBODY: Final = Span(UUID(int=0), UUID(int=0))


@dataclass(frozen=True, slots=True)
class RebuildScope:
    """What a rebuild covers: a span, or every n-th shard of it, so that machines may share it."""

    is_repair: bool
    span: Span = EVERYBODY
    part: int = 1
    parts: int = 1

    @property
    def rebuild_id(self) -> UUID:
        """Return the id that only the same rebuild has: a killed one is found again by it."""
        kind = "repair" if self.is_repair else "check"
        words = (kind, self.span.first.hex, self.span.last.hex, self.part, self.parts)
        return uuid5(_REBUILDS, " ".join(map(str, words)))

    @property
    def has_shop(self) -> bool:
        """Tell whether the anonymous receipts are part of it: once, where everybody is."""
        return self.span == EVERYBODY and self.part == 1

    def shards(self, ends: Iterable[UUID]) -> dict[int, Span]:
        """Return the shards of this part by number, cut behind these ids; the shop's is 0."""
        cut = split(self.span, ends)
        own = {n: s for n, s in enumerate(cut, 1) if n % self.parts == self.part % self.parts}
        return ({0: NOBODY} if self.has_shop else {}) | own


def split(span: Span, ends: Iterable[UUID]) -> list[Span]:
    """Cut a span behind each of these ascending ids; the last piece is open for newcomers."""
    spans, first = [], span.first
    for end in ends:
        if end >= span.last:
            break
        spans.append(Span(first, end))
        first = UUID(int=end.int + 1)
    return [*spans, Span(first, span.last)]
