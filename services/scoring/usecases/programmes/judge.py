"""Judge a document against the laws and the shop's currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from services.scoring.domain.programmes.checking import faults_of
from services.scoring.domain.programmes.fault import DocumentFault
from services.scoring.queries.people.profiles import base_currency
from shared.problem import INVALID, FieldFault, Problem


async def require_sound(
    connection: asyncpg.Connection, document: Mapping[str, Any], *, at: str = ""
) -> None:
    """Let a document pass or name all its faults, `at` where it stands; raises Problem 422."""
    refuse(faults_of(document, currency=await base_currency(connection)), at)


async def faults_in(pool: asyncpg.Pool, document: Mapping[str, Any]) -> list[DocumentFault]:
    """Tell what is wrong with a document; nothing is kept, and no programme is begun."""
    return faults_of(document, currency=await base_currency(pool))


def refuse(faults: Sequence[DocumentFault], at: str = "") -> None:
    """Refuse a document with faults; raises Problem 422."""
    if faults:
        words = "The document breaks rules: see errors for each place and what to write there."
        errors = [FieldFault(at + each.pointer, each.code, each.message) for each in faults]
        raise Problem(INVALID, words, errors=errors)
