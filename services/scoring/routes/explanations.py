"""Why a score is what it is, over HTTP."""

from fastapi import APIRouter, Depends

from shared.auth import require

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])
