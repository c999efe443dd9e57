"""The segments there are, with everything they refer to put in, kept until one of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from services.scoring.domain.conditions.bind import Bindings, Circular, TooLarge, bind, ranks_in
from services.scoring.domain.conditions.needs import Needs, needs_of
from services.scoring.domain.conditions.parse import BadCondition, parse_condition
from services.scoring.domain.conditions.tree import NEVER, All, Condition, Consent, Not, Rank
from services.scoring.domain.segments import Segment
from services.scoring.queries.conditions.cuts import default_release, frozen_cuts
from services.scoring.queries.people.memberships import Mark, read_mark
from services.scoring.queries.people.profiles import base_currency
from services.scoring.queries.segments import all_segments, live_documents
from shared.money import exponent_of

#: ISO 4217: no currency is involved.
NO_CURRENCY: Final = "XXX"


@dataclass(frozen=True, slots=True)
class Bound:
    """All segments as of one mark: what each asks, and which versions were read."""

    mark: Mark
    conditions: Mapping[str, Condition]
    needs: Needs
    ranks: tuple[Rank, ...]
    bindings: Bindings
    versions: Mapping[str, int]
    settled: frozenset[str]

    @property
    def is_settled(self) -> bool:
        """Tell whether everybody was checked against every segment."""
        return len(self.settled) == len(self.versions)


class Definitions:
    """Reads definitions once for each change of them."""

    __slots__ = ("_bound", "_currency", "_named", "_pool")

    def __init__(self, pool: asyncpg.Pool, currency: str | None) -> None:
        """Take the database, and the shop's currency where its settings name one."""
        self._pool = pool
        self._named = currency
        self._currency: str | None = None
        self._bound: Bound | None = None

    async def currency(self) -> str:
        """Name the shop's currency: fixed by its first receipt, before it by its settings."""
        if self._currency is None:  # never changes once it is there
            self._currency = await base_currency(self._pool)
        return self._currency or self._named or NO_CURRENCY

    async def exponent(self) -> int:
        """Tell the decimals of the shop's money."""
        return exponent_of(await self.currency())

    async def bound(self) -> Bound:
        """Give all segments, ready to decide."""
        mark = await read_mark(self._pool)
        kept = self._bound
        # who is to be told of a segment changes without a new definition
        if kept is None or kept.mark != mark or not kept.is_settled:
            self._bound = kept = await self._read(mark)
        return kept

    async def _read(self, mark: Mark) -> Bound:
        rows = await all_segments(self._pool)
        exponent = await self.exponent()
        parsed = {row.segment_key: stored_condition(row, exponent) for row in rows}
        ranks = tuple(
            dict.fromkeys(rank for condition in parsed.values() for rank in ranks_in(condition))
        )
        cuts = await frozen_cuts(self._pool, ranks, await default_release(self._pool))
        documents = await live_documents(self._pool)
        ladders = {key: ladder_of(document) for key, document in documents.items()}
        bindings = Bindings(parsed, ladders, cuts)
        conditions = {key: _bound_or_never(parsed[key], bindings) for key in parsed}
        return Bound(
            mark=mark,
            conditions=conditions,
            needs=needs_of(conditions.values()),
            ranks=ranks,
            bindings=bindings,
            versions={row.segment_key: row.version for row in rows},
            settled=frozenset(row.segment_key for row in rows if row.is_settled),
        )


def stored_condition(row: Segment, exponent: int) -> Condition:
    """Read a stored segment; what the shop's present currency cannot say holds for nobody."""
    try:
        condition = parse_condition(row.condition, exponent=exponent)
    except BadCondition:
        return NEVER
    return for_purpose(condition, row.purpose)


def for_purpose(condition: Condition, purpose: str | None) -> Condition:
    """Leave out who withdrew their consent to what a segment is used for."""
    if purpose is None:
        return condition
    return All((condition, Not(Consent(purpose, is_granted=False))))


def ladder_of(document: Mapping[str, Any]) -> list[str]:
    """List the keys of a programme's tiers, the lowest first."""
    keys = [tier["key"] for tier in document["tiers"]]
    # a status document lists tiers from rank 0 up, a value document from the top down
    return keys if document.get("kind") == "status" else keys[::-1]


def _bound_or_never(condition: Condition, bindings: Bindings) -> Condition:
    """Bind a stored segment; one that has become impossible holds for nobody."""
    try:
        return bind(condition, bindings)
    except (Circular, TooLarge):
        return NEVER
