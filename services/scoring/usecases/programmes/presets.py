"""Programmes to start from, in the shop's own currency and time zone."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import asyncpg

from services.scoring.domain.programmes.ladder import STATUS
from services.scoring.errors import UnknownPreset
from services.scoring.queries.people.profiles import base_currency


@cache
def packaged_presets() -> dict[str, dict[str, Any]]:
    """Read the presets as they stand in the package, by key."""
    folder = resources.files("services.scoring.presets")
    files = sorted((each for each in folder.iterdir()), key=lambda each: each.name)
    return {
        each.name.removesuffix(".json"): json.loads(each.read_text("utf-8"))
        for each in files
        if each.name.endswith(".json")
    }


async def presets_for(pool: asyncpg.Pool, zone: str) -> dict[str, dict[str, Any]]:
    """Give the presets as this shop would publish them, by key."""
    currency = await base_currency(pool)
    return {key: _fitted(document, zone, currency) for key, document in packaged_presets().items()}


async def require_preset(pool: asyncpg.Pool, key: str, zone: str) -> dict[str, Any]:
    """Give one preset as this shop would publish it; raises UnknownPreset."""
    found = (await presets_for(pool, zone)).get(key)
    if found is None:
        raise UnknownPreset
    return found


def _fitted(document: dict[str, Any], zone: str, currency: str | None) -> dict[str, Any]:
    if document["kind"] == STATUS:
        return {**document, "time_zone": zone, "currency": currency or document["currency"]}
    return document if currency is None else {**document, "currency": currency}
