"""Surveys: define them, send them, answer them."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/surveys", tags=["surveys"])
