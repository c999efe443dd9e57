"""Files taken in by the worker."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
