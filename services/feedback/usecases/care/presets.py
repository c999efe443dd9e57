"""Playbooks to start from, in the shop's own currency."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import asyncpg

from services.feedback.queries.people import base_currency
from shared.contracts.playbooks import PresetAnswer


@cache
def packaged_presets() -> dict[str, dict[str, Any]]:
    """Read the presets as they stand in the package, by key."""
    folder = resources.files("services.feedback.presets.playbooks")
    files = sorted(folder.iterdir(), key=lambda each: each.name)
    return {
        each.name.removesuffix(".json"): json.loads(each.read_text("utf-8"))
        for each in files
        if each.name.endswith(".json")
    }


async def list_presets(pool: asyncpg.Pool) -> list[PresetAnswer]:
    """Give the presets as this shop would write them; all of them are drafts."""
    currency = await base_currency(pool)
    return [
        PresetAnswer(key=key, document=fitted(document, currency))
        for key, document in packaged_presets().items()
    ]


def fitted(document: Any, currency: str | None) -> Any:
    """Write every amount of a preset in the currency of the shop."""
    if isinstance(document, list):
        return [fitted(each, currency) for each in document]
    if not isinstance(document, dict):
        return document
    inner = {name: fitted(each, currency) for name, each in document.items()}
    is_money = inner.keys() == {"amount", "currency"}
    return {**inner, "currency": currency} if is_money and currency else inner
