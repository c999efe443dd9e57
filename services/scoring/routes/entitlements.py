"""Benefits of the tier, and their redemption."""

from fastapi import APIRouter

router = APIRouter(tags=["benefits"])
