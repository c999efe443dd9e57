"""What Segment-compatible clients post."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
