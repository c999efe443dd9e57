"""Merges and contested identifiers."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1")
