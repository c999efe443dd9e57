"""List customers by what they are worth or by their ids, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import asyncpg

from services.scoring.domain.conditions.needs import needs_of
from services.scoring.domain.conditions.tree import (
    ANYWHERE,
    All,
    Comparison,
    Condition,
    LastPerformed,
    Op,
)
from services.scoring.domain.conditions.vocabulary import ORDER
from services.scoring.domain.listing import FIRST_PROSPECT, Asked, ByValue, Place, first_place
from services.scoring.domain.programmes.ladder import Rung, rungs_of
from services.scoring.domain.records import ProgrammeRow
from services.scoring.domain.seen.lifecycle import Lifecycle
from services.scoring.errors import NoModelYet, TooCostly
from services.scoring.queries.conditions.ask import Instant, asking
from services.scoring.queries.people.ladder import Ladder
from services.scoring.queries.people.listing import Found, Listing, Window, has_few_members
from services.scoring.queries.releases.releases import live_release_id
from services.scoring.usecases.asking.appraise_many import Appraised, Scale, appraise, read_scale
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.segments.count import MOST_LOOKED_AT, Counter
from services.scoring.usecases.segments.define import Draft, checked_condition
from services.scoring.usecases.segments.definitions import Definitions
from services.scoring.usecases.segments.keep_sheets import SheetKeeper
from shared.problem import INVALID, FieldFault, Problem

#: A window that is not full of matches is followed by a wider one: what one page may look at.
_WINDOWS: Final = (1000, 4000, 15_000)
#: Merged and erased ones take room in a window where nothing else is filtered.
_SPARE: Final = 50
#: A segment with so many members at most is walked itself.
_FEW_MEMBERS: Final = 5000
#: Customers of one batch of an export.
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to list: everything given must hold; amounts in minor units."""

    programme: str | None
    tier: str | None
    stage: Lifecycle | None
    segment: str | None
    condition: dict[str, Any] | None
    least: int | None
    most: int | None
    bought_from: date | None
    bought_until: date | None
    by_value: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One customer with the class told and what they are worth."""

    found: Found
    tier: Rung | None
    appraised: Appraised | None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page, of whose programme, by which scale; `after` is None on the last one.

    No scale: there is no model yet, and nobody is appraised.
    """

    programme: ProgrammeRow
    scale: Scale | None
    today: date
    items: list[Listed]
    after: Place | None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A list with all that was looked up for it once."""

    listing: Listing
    scale: Scale | None
    today: date
    programme: ProgrammeRow
    rungs: dict[int, Rung]


@dataclass(frozen=True, slots=True)
class Lister:
    """Lists customers.

    Raises Unknown{Programme,Segment}, NotByModel, NoModelYet, TooCostly and Problem 422.
    """

    pool: asyncpg.Pool
    catalog: Catalog
    definitions: Definitions
    counter: Counter
    keeper: SheetKeeper
    timeout_s: float

    async def page(self, wanted: Wanted, after: Place | None, limit: int) -> CustomerPage:
        """Give one page after a place."""
        return await self._page(await self._prepare(wanted), after or _start(wanted), limit)

    async def pages(self, wanted: Wanted) -> AsyncIterator[CustomerPage]:
        """Look the list up; give all of it in batches."""
        prepared = await self._prepare(wanted)

        async def following() -> AsyncIterator[CustomerPage]:
            after: Place | None = _start(wanted)
            while after is not None:
                page = await self._page(prepared, after, _BATCH)
                yield page
                after = page.after

        return following()

    async def _page(self, prepared: _Prepared, after: Place, limit: int) -> CustomerPage:
        found, end = await self._windows(prepared.listing, after, limit)
        people = [each.profile_id for each in found]
        worth = await appraise(self.pool, prepared.scale, people) if prepared.scale else {}
        items = [
            Listed(each, prepared.rungs.get(_rank(each)), worth.get(each.profile_id))
            for each in found
        ]
        return CustomerPage(prepared.programme, prepared.scale, prepared.today, items, end)

    async def _windows(
        self, listing: Listing, after: Place, limit: int
    ) -> tuple[list[Found], Place | None]:
        """Look at wider and wider windows until a page is full, or enough was looked at."""
        found: list[Found] = []
        place: Place = after
        for size in _sizes(listing, limit):
            wanted = limit - len(found)
            window = await self._window(listing, place, size, wanted + 1)
            found += window.found[:wanted]
            if len(window.found) > wanted:
                return found, found[-1].place
            following = window.end or _next_phase(place, listing.asked)
            if following is None or len(found) == limit:
                return found, following
            place = following
        return found, place

    async def _window(self, listing: Listing, place: Place, size: int, limit: int) -> Window:
        try:
            async with asking(self.pool, self.timeout_s) as connection:
                stale = await listing.stale(connection, place, size, MOST_LOOKED_AT)
            if stale and listing.condition is not None:
                needs = needs_of([listing.condition])
                await self.keeper.look_at(stale, listing.instant.today, needs)
            async with asking(self.pool, self.timeout_s) as connection:
                return await listing.window(connection, place, size, limit)
        except asyncpg.QueryCanceledError as error:
            raise TooCostly from error

    async def _prepare(self, wanted: Wanted) -> _Prepared:
        moment = self.keeper.day.moment()
        row = await self.catalog.programme_row(await self.catalog.programme_key(wanted.programme))
        scored = row.programme_key
        if self.catalog.is_status(scored):
            scored = await self.catalog.value_key(None)
        scale = await read_scale(self.pool, self.catalog, scored, moment.today)
        if scale is None and wanted.by_value:
            raise NoModelYet
        rungs = rungs_of(row.document)
        members, condition = await self._whom(wanted)
        bought = bought_within(wanted.bought_from, wanted.bought_until, moment.today)
        few = members is not None and await has_few_members(self.pool, members, _FEW_MEMBERS)
        ladder = Ladder(
            scored=scored,
            scored_release=scale.release.release_id if scale else 0,
            ranks=len(scale.release.programme.tiers) if scale else 0,
            told=row.programme_key,
            told_release=await live_release_id(self.pool, row.programme_key),
            few=members if few else None,
        )
        asked = _asked(wanted, rungs, scale)
        instant = Instant(moment.now, moment.today)
        listing = Listing(ladder, asked, instant, members, _both(condition, bought))
        return _Prepared(listing, scale, moment.today, row, {rung.rank: rung for rung in rungs})

    async def _whom(self, wanted: Wanted) -> tuple[str | None, Condition | None]:
        """Name the segment whose members are looked up, or what is asked of everybody."""
        if wanted.segment is not None:
            condition = await self.counter.condition_of(wanted.segment)
            # members are kept from the moment everybody was checked once
            is_kept = wanted.segment in (await self.definitions.bound()).settled
            return (wanted.segment, None) if is_kept else (None, condition)
        if wanted.condition is None:
            return None, None
        draft = Draft("", {}, wanted.condition, None)
        checked = await checked_condition(self.pool, draft, await self.definitions.exponent())
        return None, await self.counter.bind(checked)


def bought_within(start: date | None, end: date | None, today: date) -> Condition | None:
    """Ask that the last purchase lies between two dates; None where neither is given."""
    bounds = ((Op.LTE, start), (Op.GTE, end))
    return (
        All(
            tuple(
                LastPerformed(ORDER, ANYWHERE, Comparison(op, (today - bound).days))
                for op, bound in bounds
                if bound is not None
            )
        )
        if start or end
        else None
    )


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    return All((one, other)) if one is not None and other is not None else one or other


def _start(wanted: Wanted) -> Place:
    return first_place(by_value=wanted.by_value)


def _rank(found: Found) -> int:
    return -1 if found.rank is None else found.rank


def _sizes(listing: Listing, limit: int) -> Sequence[int]:
    if listing.is_open:
        return (limit + _SPARE, _WINDOWS[-1])
    return _WINDOWS


def _next_phase(place: Place, asked: Asked) -> Place | None:
    """Go on with those who have not bought, who have no score."""
    is_over = not isinstance(place, ByValue) or asked.asks_value
    wants = asked.stages is None or Lifecycle.PROSPECT in asked.stages
    return FIRST_PROSPECT if wants and not is_over else None


def _asked(wanted: Wanted, rungs: Sequence[Rung], scale: Scale | None) -> Asked:
    """Put classes into ranks and amounts into scores; raises Problem 422 for an unknown class."""
    ranks = None
    if wanted.tier is not None:
        ranks = tuple(rung.rank for rung in rungs if rung.key == wanted.tier)
        if not ranks:
            fault = FieldFault("/tier", "unknown_tier", "is no tier of the programme")
            raise Problem(INVALID, errors=[fault])
    return Asked(
        ranks=ranks,
        stages=None if wanted.stage is None else (wanted.stage,),
        least=_score_of(wanted.least, scale),
        most=_score_of(wanted.most, scale),
    )


def _score_of(minor: int | None, scale: Scale | None) -> float | None:
    if minor is None:
        return None
    if scale is None:
        raise NoModelYet
    return minor / scale.unit
