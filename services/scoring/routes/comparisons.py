"""Two versions of a programme beside each other, over HTTP."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query

from services.scoring.deps import Pool
from services.scoring.domain.programmes.compared import Difference, differences
from services.scoring.routes.programmes import READING, Key
from services.scoring.usecases.programmes.look_up import require_version
from shared.contracts.common import LocalText
from shared.contracts.comparison import (
    EXAMPLE_COMPARISON,
    VersionComparison,
    VersionDifference,
)
from shared.problem_handlers import problem_responses

router = APIRouter(prefix="/v1/programmes", tags=["programmes"], dependencies=READING)
_SHOWN: Final[dict[int | str, Any]] = {
    200: {"content": {"application/json": {"example": EXAMPLE_COMPARISON}}}
}


@dataclass(frozen=True, slots=True)
class Sides:
    """Which two versions: what was, and what is to be."""

    left: Annotated[int, Query(ge=1, le=2**31)]
    right: Annotated[int, Query(ge=1, le=2**31)]


@router.get(
    "/{programme}/versions/compare",
    responses=_SHOWN | problem_responses(400, 401, 403, 404, 422, 503),
)
async def compare(
    pool: Pool, programme: Key, sides: Annotated[Sides, Depends(Sides)]
) -> VersionComparison:
    """Tell place by place what the version `right` changes from `left`, drafts too."""
    left = await require_version(pool, programme, sides.left)
    right = await require_version(pool, programme, sides.right)
    found = differences(left.document, right.document)
    return VersionComparison(
        programme=programme,
        left=left.version,
        right=right.version,
        differences=[_told(each) for each in found],
    )


def _told(found: Difference) -> VersionDifference:
    return VersionDifference(
        pointer=found.pointer,
        before=found.before,
        after=found.after,
        text=LocalText(en=found.text["en"], zh=found.text["zh"]),
    )
