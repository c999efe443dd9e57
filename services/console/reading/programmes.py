"""What pages ask of programmes: which there are, their versions, and what a draft would do."""

from urllib.parse import quote

from services.console.visiting.services import ServiceRefused
from services.console.visiting.visit import Visit
from shared.clients.transport import Call
from shared.contracts.common import Page
from shared.contracts.comparison import VersionComparison
from shared.contracts.programmes import (
    CheckAnswer,
    Document,
    Preset,
    PresetList,
    ProgrammeSummary,
    VersionDetail,
    VersionSummary,
)
from shared.contracts.simulations import SimulationAnswer

_PAGE = 200


async def list_programmes(visit: Visit) -> list[ProgrammeSummary]:
    """List every programme, drafts too."""
    query = {"drafts": True, "limit": _PAGE}
    return (await visit.scoring.get("/v1/programmes", Page[ProgrammeSummary], query)).items


async def one_programme(visit: Visit, key: str) -> ProgrammeSummary:
    """Give a programme at its version in force, else at its newest draft."""
    return await visit.scoring.get(_path(key), ProgrammeSummary)


async def list_presets(visit: Visit) -> list[Preset]:
    """List the documents to start from, in the shop's currency and time zone."""
    return (await visit.scoring.get("/v1/presets", PresetList)).items


async def list_versions(
    visit: Visit, key: str, cursor: str | None = None, limit: int = _PAGE
) -> Page[VersionSummary]:
    """Give a page of the versions of a programme, the newest first."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.scoring.get(f"{_path(key)}/versions", Page[VersionSummary], query)


async def one_version(visit: Visit, key: str, version: int) -> VersionDetail:
    """Give a version with its document."""
    return await visit.scoring.get(f"{_path(key)}/versions/{version}", VersionDetail)


async def compare_versions(visit: Visit, key: str, left: int, right: int) -> VersionComparison:
    """Tell place by place what `right` changes from `left`."""
    query = {"left": left, "right": right}
    return await visit.scoring.get(f"{_path(key)}/versions/compare", VersionComparison, query)


async def check_document(visit: Visit, document: Document) -> CheckAnswer:
    """Tell what is wrong with a document as it is written."""
    call = Call("POST", "/v1/programmes/check", {"document": document})
    return await visit.scoring.ask(call, CheckAnswer)


async def last_simulation(visit: Visit, key: str, version: int) -> SimulationAnswer | None:
    """Give the latest simulation of a version; None where there was none."""
    path = f"{_path(key)}/versions/{version}/simulation"
    try:
        return await visit.scoring.get(path, SimulationAnswer)
    except ServiceRefused as error:
        if error.problem.status == 404:
            return None
        raise


def _path(key: str) -> str:
    """Give the path of a programme, whatever its key is said to be."""
    return f"/v1/programmes/{quote(key, safe='')}"
