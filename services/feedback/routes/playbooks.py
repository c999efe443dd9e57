"""Playbooks: who is cared for, how and when."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/playbooks", tags=["playbooks"])
