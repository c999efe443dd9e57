"""What the model sees of a customer, over HTTP."""

from fastapi import APIRouter, Depends

from shared.auth import require

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])
