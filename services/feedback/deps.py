"""What routes are given, read from the app's state."""

from typing import Annotated

from fastapi import Depends, Request

from services.feedback.usecases.desk import Desk
from shared.auth import require
from shared.idempotency import key_of
from shared.keys import Caller


# async: else every request goes through a thread, which a busy machine makes it wait for
async def desk_of(request: Request) -> Desk:
    """Return the running service."""
    desk: Desk = request.app.state.desk
    return desk


Running = Annotated[Desk, Depends(desk_of)]
Writer = Annotated[Caller, Depends(require("feedback:write"))]
Reader = Annotated[Caller, Depends(require("feedback:read"))]
Reporter = Annotated[Caller, Depends(require("reports:read"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
