"""Segments: conditions with members."""

from fastapi import APIRouter

router = APIRouter(tags=["segments"])
