"""Dated rates to the base currency."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
