"""How the platform is doing."""

from fastapi import APIRouter

from services.ingest.deps import Admin, Running
from services.ingest.usecases.desk.ops import show_queues
from shared.contracts.ops import Queues
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1/ops", tags=["platform"], responses=problem_responses(400, 401, 403, 422, 503)
)


@router.get("/queues")
async def queues(ingest: Running, _: Admin) -> Queues:
    """Tell what waits, how old the oldest is, what failed lately, and who works it off."""
    return await show_queues(ingest)
