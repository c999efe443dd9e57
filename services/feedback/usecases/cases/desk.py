"""What cases add to the desk: the rules, and what tiers promise."""

from dataclasses import dataclass

from services.feedback.domain.cases.case import Rules
from services.feedback.usecases.cases.service_levels import ServiceLevels


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """The rules of cases, and who knows the service levels."""

    rules: Rules
    levels: ServiceLevels
