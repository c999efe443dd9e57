"""Interactions, and the time line of a customer."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["contacts"])
