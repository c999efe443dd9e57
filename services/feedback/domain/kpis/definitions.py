"""Every KPI that is rolled up; its statements are in queries/kpis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.feedback.domain.kpis.definition import Kpi
from services.feedback.domain.kpis.said import SAID
from services.feedback.domain.kpis.tiers import TIERS
from services.feedback.domain.kpis.trade import LOYALTY, TRADE

DEFINITIONS: Final = (*SAID, *TRADE, *LOYALTY, *TIERS)
BY_KEY: Final[Mapping[str, Kpi]] = {kpi.key: kpi for kpi in DEFINITIONS}
