"""Where events come from."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
