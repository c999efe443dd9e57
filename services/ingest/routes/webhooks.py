"""What commerce platforms push."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
