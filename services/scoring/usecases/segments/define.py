"""Define segments: what they refer to must be there, nothing may go in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.scoring.domain.conditions.bind import Bindings, Circular, TooLarge, bind
from services.scoring.domain.conditions.parse import faults_of_condition, parse_condition
from services.scoring.domain.conditions.references import missing_references, programmes_in
from services.scoring.domain.conditions.tree import Condition
from services.scoring.domain.programmes.fault import DocumentFault
from services.scoring.domain.segments import Segment
from services.scoring.errors import SegmentChanged, SegmentExists, SegmentInUse, UnknownSegment
from services.scoring.queries import segments
from services.scoring.usecases.programmes.judge import refuse
from services.scoring.usecases.segments.definitions import (
    for_purpose,
    ladder_of,
    stored_condition,
)

AT: str = "/condition"


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment as somebody writes it."""

    key: str
    name: Mapping[str, str]
    condition: Mapping[str, Any]
    purpose: str | None


async def create_segment(connection: asyncpg.Connection, draft: Draft, exponent: int) -> Segment:
    """Make a new segment; raises SegmentExists and Problem 422 with the faults."""
    await segments.hold_definitions(connection)
    if await segments.find_segment(connection, draft.key) is not None:
        raise SegmentExists
    return await _put(connection, draft, exponent)


async def replace_segment(
    connection: asyncpg.Connection, draft: Draft, exponent: int, based_on: int | None
) -> Segment:
    """Write a segment, new or anew; raises Problem 422 with the faults.

    `based_on`: the version that was read (If-Match); raises SegmentChanged where it is another.
    """
    await segments.hold_definitions(connection)
    if based_on is not None:
        found = await segments.find_segment(connection, draft.key)
        if found is None or found.version != based_on:
            raise SegmentChanged
    return await _put(connection, draft, exponent)


async def delete_segment(connection: asyncpg.Connection, key: str) -> None:
    """Take a segment away unless something refers to it; raises UnknownSegment, SegmentInUse."""
    await segments.hold_definitions(connection)
    if await segments.find_segment(connection, key) is None:
        raise UnknownSegment
    users = [row.segment_key for row in await segments.all_segments(connection) if _uses(row, key)]
    documents = await segments.documents_of_programmes(connection)
    users += [f"{name} version {number}" for name, number, document in documents
              if key in _named_in(document)]  # fmt: skip
    if users:
        raise SegmentInUse(users)
    await segments.delete_segment(connection, key)


async def checked_condition(
    connection: asyncpg.Pool | asyncpg.Connection,
    draft: Draft,
    exponent: int,
) -> Condition:
    """Read a condition that may be asked; raises Problem 422 with the faults."""
    refuse(faults_of_condition(draft.condition, exponent=exponent), AT)
    condition = for_purpose(parse_condition(draft.condition, exponent=exponent), draft.purpose)
    rows = await segments.all_segments(connection)
    known = {row.segment_key: stored_condition(row, exponent) for row in rows}
    ladders: dict[str, set[str]] = {}
    if programmes_in(condition):
        for key, _, document in await segments.documents_of_programmes(connection):
            ladders.setdefault(key, set()).update(ladder_of(document))
    refuse(list(missing_references(draft.condition, known, ladders)), AT)
    everything = {**known, draft.key: condition} if draft.key else known
    try:
        # also those that refer to it: they grow with it
        for each in (condition, *everything.values()):
            bind(each, Bindings(everything))
    except Circular:
        refuse([DocumentFault("", "circular", "leads back to this segment")], AT)
    except TooLarge:
        words = "has too many nodes together with the segments it refers to"
        refuse([DocumentFault("", "too_many", words)], AT)
    return condition


async def _put(connection: asyncpg.Connection, draft: Draft, exponent: int) -> Segment:
    await checked_condition(connection, draft, exponent)
    rows = await segments.all_segments(connection)
    await segments.unsettle(connection, sorted(_dependents(draft.key, rows)))
    return await segments.put_segment(
        connection, draft.key, draft.name, draft.condition, draft.purpose
    )


def _dependents(key: str, rows: list[Segment]) -> set[str]:
    """Name the segments that refer to one, also by way of others."""
    found, waiting = set[str](), [key]
    while waiting:
        wanted = waiting.pop()
        users = {row.segment_key for row in rows if _uses(row, wanted)} - found
        found |= users
        waiting += sorted(users)
    return found


def _uses(row: Segment, key: str) -> bool:
    return key in _named_in(row.condition)


def _named_in(document: object) -> frozenset[str]:
    return frozenset(_segment_names(document))


def _segment_names(value: object) -> Iterator[str]:
    """Find what `in_segment` names anywhere in a document."""
    if isinstance(value, list):
        for item in value:
            yield from _segment_names(item)
    elif isinstance(value, dict):
        named = value.get("in_segment")
        if isinstance(named, str):
            yield named
        for item in value.values():
            yield from _segment_names(item)
