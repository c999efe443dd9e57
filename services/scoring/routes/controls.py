"""Pins and grants: what people decide about a customer."""

from fastapi import APIRouter

router = APIRouter(tags=["controls"])
