"""Programme reviews: what works badly, and the figures that show it."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])
