"""How right a model was, over HTTP."""

from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from services.scoring.deps import Pool
from services.scoring.routes.contracts.example_backtest import EXAMPLE
from services.scoring.usecases.asking.ask_backtest import backtest_of, page_of
from shared.auth import require
from shared.contracts.backtest import BacktestDocument
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1/models", tags=["models"], dependencies=[Depends(require("score:read"))]
)
_HTML: Final = "text/html"
#: The page runs nothing, loads nothing and may be framed by nobody.
PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": BacktestDocument,
        "content": {
            "application/json": {"example": EXAMPLE},
            _HTML: {"schema": {"type": "string"}},
        },
    },
    **problem_responses(400, 401, 403, 404, 422, 503),
}


@router.get("/{version}/backtest", response_class=Response, responses=_ANSWERS)
async def backtest(pool: Pool, request: Request, version: str) -> Response:
    """Tell how right a model was on dates it had not seen: JSON, or a page (Accept: text/html).

    The latest backtest of that version; a model that has none yet answers with the rehearsal
    of its training, and `kind` says so.
    """
    if wants_page(request.headers.get("accept", "")):
        return HTMLResponse(await page_of(pool, version), headers=PAGE_HEADERS)
    found = await backtest_of(pool, version)
    content = found.model_dump_json()
    return Response(content, media_type="application/json", headers={"Vary": "Accept"})


def wants_page(accept: str) -> bool:
    """Tell whether a client names HTML before JSON, as browsers do."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    places = [named.index(kind) for kind in (_HTML, "application/json") if kind in named]
    return bool(places) and named[min(places)] == _HTML
