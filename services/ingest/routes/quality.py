"""How good what arrives is, per source."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
