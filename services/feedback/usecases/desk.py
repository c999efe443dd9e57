"""What the use cases of feedback work with, made once at the start."""

from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.playbook import Cap
from services.feedback.usecases.cases.desk import CaseDesk
from services.feedback.usecases.cases.service_levels import LevelSource
from shared.clock import Clock
from shared.contracts.tier import TierAnswer, TierAnswers, TierQuery
from shared.secrets import Secrets


class TierSource(Protocol):
    """Scoring, as far as feedback asks it (shared/clients/scoring.py)."""

    async def tier_of(self, customer_id: str) -> TierAnswer:
        """Ask for the tier of one customer."""
        ...

    async def tiers_of(self, query: TierQuery) -> TierAnswers:
        """Ask by whatever is known of a customer."""
        ...


class ScoringSource(TierSource, LevelSource, Protocol):
    """Scoring, as far as the service asks it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The running service; without `tiers` every tier is unknown."""

    pool: asyncpg.Pool
    clock: Clock
    zone: ZoneInfo
    secrets: Secrets
    tiers: TierSource | None
    tier_budget_s: float
    cases: CaseDesk
    #: of contacts with one customer, over all playbooks
    caps: tuple[Cap, ...] = ()
