"""Who is told, and what was delivered."""

from fastapi import APIRouter

router = APIRouter(tags=["webhooks"])
