"""The points wallet."""

from fastapi import APIRouter

router = APIRouter(tags=["points"])
