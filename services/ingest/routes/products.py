"""Goods: category, brand, cost."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
