"""KPIs: how the shop does, against its targets."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/kpis", tags=["kpis"])
