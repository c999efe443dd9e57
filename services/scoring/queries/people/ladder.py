"""Walk down everybody's scores: each class and stage of life is a piece of the index, merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from services.scoring.domain.listing import AmongProspects, Asked, ByName, ByValue, Place
from services.scoring.domain.seen.lifecycle import Lifecycle
from services.scoring.queries.conditions.written import Written

_STAGES: Final = tuple(stage for stage in Lifecycle if stage is not Lifecycle.PROSPECT)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Whose scores give the order, and whose tiers are told: programmes with live releases.

    `ranks`: how many classes the programme that scores has; `few`: the key of a segment whose few
    members are walked instead of everybody.
    """

    scored: str
    scored_release: int
    ranks: int
    told: str
    told_release: int | None
    few: str | None = None

    @property
    def is_one(self) -> bool:
        """Tell whether the programme that scores is the one whose tiers are told."""
        return self.scored == self.told


def write_walk(ladder: Ladder, asked: Asked, after: Place, size: int, written: Written) -> str:
    """Write a window of profiles after a place: profile_id, score, name (customer id)."""
    if isinstance(after, ByName):
        return f"""
        SELECT profile_id, NULL::float8 AS score, lookup_key AS name FROM identifiers
        WHERE kind = 'customer_id' AND lookup_key > {written.bind(after.name, "bytea")}
        ORDER BY lookup_key LIMIT {int(size)}
        """  # noqa: S608 - written by us, values bound
    stages, tests = _of(after, asked, written)
    wanted = [stage for stage in stages if asked.stages is None or stage in asked.stages]
    tests = _release(ladder, written) + tests
    if ladder.few is not None:
        rows = _members(written.bind(ladder.few, "text"), tests)
    else:
        order = f"ORDER BY {orders_of(after, 't')} LIMIT {int(size)}"
        rows = _pieces(_ranks(ladder, asked), wanted, tests, order)
    return f"""
    SELECT profile_id, score, NULL::bytea AS name FROM ({rows}) u
    ORDER BY {orders_of(after, "u")} LIMIT {int(size)}
    """  # noqa: S608 - written by us, values bound


def orders_of(after: Place, alias: str) -> str:
    """Write the order of a list."""
    match after:
        case ByName():
            return f"{alias}.name"
        case AmongProspects():
            return f"{alias}.profile_id"
        case ByValue():
            return f"{alias}.score DESC, {alias}.profile_id DESC"


def ends_of(after: Place) -> str:
    """Write the order that puts the last one of a window first."""
    match after:
        case ByName():
            return "name DESC"
        case AmongProspects():
            return "profile_id DESC"
        case ByValue():
            return "score, profile_id"


def value_tests(asked: Asked, alias: str, written: Written) -> list[str]:
    """Write what is asked of scores."""
    bounds = ((">=", asked.least), ("<=", asked.most))
    return [
        f"{alias}.score {sign} {written.bind(bound, 'float8')}"
        for sign, bound in bounds
        if bound is not None
    ]


def _of(
    after: ByValue | AmongProspects, asked: Asked, written: Written
) -> tuple[Sequence[Lifecycle], list[str]]:
    profile_id = written.bind(after.profile_id, "uuid")
    if isinstance(after, AmongProspects):
        return [Lifecycle.PROSPECT], ["t.score IS NULL", f"t.profile_id > {profile_id}"]
    tests = [f"(t.score, t.profile_id) < ({written.bind(after.score, 'float8')}, {profile_id})"]
    return _STAGES, tests + value_tests(asked, "t", written)


def _ranks(ladder: Ladder, asked: Asked) -> Sequence[int]:
    is_asked = ladder.is_one and asked.ranks is not None
    return asked.ranks or () if is_asked else range(ladder.ranks)


def _release(ladder: Ladder, written: Written) -> list[str]:
    return [
        f"t.programme_key = {written.bind(ladder.scored, 'text')}",
        f"t.release_id = {written.bind(ladder.scored_release, 'bigint')}",
    ]


def _pieces(
    ranks: Sequence[int], stages: Sequence[Lifecycle], tests: Sequence[str], order: str
) -> str:
    """Write the pieces of the index, each in order and with an end: else all are sorted first."""
    rows = f"SELECT t.profile_id, t.score FROM tier_current t WHERE {' AND '.join(tests)}"  # noqa: S608 - ours
    pieces = [
        f"({rows} AND t.rank = {int(rank)} AND t.lifecycle = '{stage.value}' {order})"
        for rank, stage in product(ranks, stages)
    ]
    return " UNION ALL ".join(pieces) or f"{rows} AND false"


def _members(key: str, tests: Sequence[str]) -> str:
    """Walk the members of a segment; who is in which class and stage is tested afterwards."""
    return f"""
    SELECT t.profile_id, t.score FROM segment_members m JOIN tier_current t USING (profile_id)
    WHERE m.segment_key = {key} AND {" AND ".join(tests)}
    """  # noqa: S608 - ours
