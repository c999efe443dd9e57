"""Offers, and how customers answer them."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/offers", tags=["offers"])
