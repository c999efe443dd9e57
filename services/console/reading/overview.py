"""What pages ask of the whole base in short: tiers, flows, changes, concentration, freshness."""

from datetime import date
from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.overview import (
    Concentration,
    Distribution,
    DistributionHistory,
    Grain,
    Migration,
    Status,
    TierChanges,
)
from shared.contracts.programmes import ProgrammeSummary


async def programmes_in_force(visit: Visit) -> list[ProgrammeSummary]:
    """List the programmes with a release, the default one first."""
    found = await visit.scoring.get("/v1/programmes", Page[ProgrammeSummary], {"limit": 200})
    listed = [each for each in found.items if each.release is not None]
    return sorted(listed, key=lambda each: (not each.is_default, each.programme))


async def distribution(visit: Visit, programme: str) -> Distribution:
    """Give who holds which tier in which stage now."""
    return await visit.scoring.get(f"{_of(programme)}/distribution", Distribution)


async def distribution_history(
    visit: Visit, programme: str, first: date, grain: Grain
) -> DistributionHistory:
    """Give tiers and stages from a date up to today."""
    query = {"from": first, "grain": grain}
    path = f"{_of(programme)}/distribution/history"
    return await visit.scoring.get(path, DistributionHistory, query)


async def migration(visit: Visit, programme: str, first: date) -> Migration:
    """Give who went from which tier to which since a date, as the nights counted it."""
    return await visit.scoring.get(f"{_of(programme)}/migration", Migration, {"from": first})


async def changes(visit: Visit, programme: str, minutes: int) -> TierChanges:
    """Give the changes of tier of the last minutes."""
    return await visit.scoring.get(f"{_of(programme)}/changes", TierChanges, {"minutes": minutes})


async def concentration(visit: Visit) -> Concentration:
    """Give how unevenly value lies among customers."""
    return await visit.scoring.get("/v1/value/concentration", Concentration)


async def status(visit: Visit) -> Status:
    """Give how fresh everything is, and the model in one sentence."""
    return await visit.scoring.get("/v1/status", Status)


def _of(programme: str) -> str:
    return f"/v1/programmes/{quote(programme, safe='')}"
