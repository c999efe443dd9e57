"""Sessions: identity and events in, tiers and entitlements out."""

from fastapi import APIRouter

router = APIRouter(tags=["sessions"])
