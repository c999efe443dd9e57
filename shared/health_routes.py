"""The two health routes: whether the process runs, and whether to send it requests."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from shared.contracts.health import Health
from shared.health import Check, CheckState, readiness


async def _leaving() -> Check:
    return Check("process", CheckState.FAILED, "is leaving: send requests to another")


def health_router() -> APIRouter:
    """Make the two health routes; probes come from `app.state.probes`, set when started."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> dict[str, str]:
        """Tell that the process runs."""
        return {"status": "live"}

    @router.get("/ready", response_model=Health, responses={503: {"model": Health}})
    async def ready(request: Request) -> Response:
        """Tell whether requests can be served, and what is wrong if not."""
        leaving = [_leaving] if request.app.state.leaving.is_asked else []
        health = await readiness([*request.app.state.probes, *leaving])
        status = 503 if health.status == "unavailable" else 200
        return JSONResponse(health.model_dump(mode="json"), status_code=status)

    return router
