"""What a draft would do."""

from fastapi import APIRouter

router = APIRouter(tags=["programmes"])
