"""Experiments: who is held out, and what it changes."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/experiments", tags=["experiments"])
