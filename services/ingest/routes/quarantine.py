"""Records kept aside, and their second try."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
