"""What our own services ask of scoring."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.scoring.deps import Deciding, Known, Service
from services.scoring.routes.contracts.contracts import RescoreAnswer, RescoreRequest
from services.scoring.usecases.rescore import rescore
from shared.auth import require
from shared.contracts.entitlements import ServiceLevelsAnswer, ServiceLevelsQuery
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/internal", tags=["internal"], dependencies=[Depends(require("admin"))])


@router.post(
    "/rescore",
    openapi_extra=openapi_body(
        RescoreRequest, {"profile_ids": ["01a201d9-4175-7207-8ff9-be851fc41789"]}
    ),
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
)
async def rescore_profiles(
    decider: Deciding,
    catalog: Known,
    body: Annotated[RescoreRequest, Depends(json_body(RescoreRequest))],
) -> RescoreAnswer:
    """Decide changed customers now, so that their next read is a look-up."""
    profile_ids = [_uuid(text, place) for place, text in enumerate(body.profile_ids)]
    await rescore(sorted(set(profile_ids)), decider, catalog)
    return RescoreAnswer(asked=len(profile_ids))


@router.post(
    "/service-levels",
    openapi_extra=openapi_body(ServiceLevelsQuery, {"customer_ids": ["c-1", "c-2"]}),
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
)
async def service_levels(
    desk: Service, query: Annotated[ServiceLevelsQuery, Depends(json_body(ServiceLevelsQuery))]
) -> ServiceLevelsAnswer:
    """Tell how service treats customers, so that cases opened together ask once."""
    levels = await desk.levels(query.customer_ids)
    return ServiceLevelsAnswer.model_validate({"levels": levels})


def _uuid(text: str, place: int) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fault = FieldFault(f"/profile_ids/{place}", "wrong_form", "must be a UUID")
        raise Problem(INVALID, errors=[fault]) from None
