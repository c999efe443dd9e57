"""How right a model was, over HTTP."""

from fastapi import APIRouter, Depends

from shared.auth import require

router = APIRouter(
    prefix="/v1/models", tags=["models"], dependencies=[Depends(require("score:read"))]
)
