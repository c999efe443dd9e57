"""Cases: answer, resolve, improve."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/cases", tags=["cases"])
