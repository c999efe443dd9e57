"""Tasks: what is due, and how it went."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])
