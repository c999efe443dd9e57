"""Returns that had no effect, and why."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
