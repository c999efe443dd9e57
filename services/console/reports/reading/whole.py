"""Read everything a deck shows, from all services at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from services.console.decks.data import Base, DeckData, Kpi, Programme
from services.console.reports.reading import care, customers, kpis, sources, voices
from services.console.reports.reading.asking import Asker

ALL: Final = "all"
#: Told after the programme is known, and at the end: of 100.
_FIRST_STEP, _READ = 10, 70
#: So many programmes have a slide each; a deck is looked through in one meeting.
_MOST: Final = 8
Told = Callable[[int], Awaitable[None]]


async def read_deck(asker: Asker, made_at: datetime, told: Told) -> DeckData:
    """Ask for every part; `told` hears how far it is, of 100."""
    programmes = await customers.read_programmes(asker)
    programme = programmes[0] if programmes else None
    await told(_FIRST_STEP)
    whole, of_programme, others, parts = await asyncio.gather(
        kpis.read_kpis(asker, ALL),
        _of_programme(asker, programme),
        asyncio.gather(*(customers.read_standing(asker, each) for each in programmes[1:_MOST])),
        _parts(asker),
    )
    tier_kpis, moves, held = of_programme
    data = DeckData(
        first=asker.first,
        last=asker.last,
        made_at=made_at,
        programme=programme,
        kpis=whole,
        tier_kpis=tier_kpis,
        moves=moves,
        base=held,
        others=tuple(each for each in others if each is not None),
        away=frozenset(service.value for service in asker.away),
        **parts,  # type: ignore[arg-type]  # each is read by the function of its name
    )
    await told(_READ)
    return data


async def _of_programme(
    asker: Asker, programme: Programme | None
) -> tuple[tuple[Kpi, ...] | None, tuple[Kpi, ...] | None, Base | None]:
    if programme is None:
        return None, None, None
    return await asyncio.gather(
        kpis.read_kpis(asker, kpis.slices_of(programme)),
        kpis.read_moves(asker, programme),
        customers.read_base(asker, programme),
    )


async def _parts(asker: Asker) -> dict[str, object]:
    """Read what needs no programme, by the names of the deck's parts."""
    readers: dict[str, Callable[[Asker], Awaitable[object]]] = {
        "currency": kpis.read_currency,
        "definitions": kpis.read_definitions,
        "segments": customers.read_segments,
        "sources": sources.read_sources,
        "model": customers.read_model,
        "cases": voices.read_cases,
        "surveys": voices.read_surveys,
        "voices": voices.read_voices,
        "win_back": care.read_win_back,
        "efforts": care.read_efforts,
        "trials": care.read_trials,
        "review": care.read_review,
    }
    found = await asyncio.gather(*(read(asker) for read in readers.values()))
    return dict(zip(readers, found, strict=True))
