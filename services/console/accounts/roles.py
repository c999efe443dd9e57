"""Who may do what: one table, asked by pages for what to show and anew by every change."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is here for."""

    ANALYST = "analyst"
    MARKETER = "marketer"
    SERVICE = "service"
    OPS = "ops"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a person may be allowed to do."""

    READ = "read"
    PEOPLE_READ = "people_read"
    CUSTOMERS_CHANGE = "customers_change"
    CUSTOMERS_ERASE = "customers_erase"
    PROGRAMMES_CHANGE = "programmes_change"
    SEGMENTS_CHANGE = "segments_change"
    MODELS_CHANGE = "models_change"
    CARE_CHANGE = "care_change"
    CASES_CHANGE = "cases_change"
    TASKS_CHANGE = "tasks_change"
    KPIS_CHANGE = "kpis_change"
    DATA_CHANGE = "data_change"
    REPORTS_MAKE = "reports_make"
    REPORTS_SCHEDULE = "reports_schedule"
    OPS_READ = "ops_read"
    KEYS_CHANGE = "keys_change"
    AUDIT_READ = "audit_read"
    USERS_CHANGE = "users_change"


_EVERYBODY: Final = frozenset(Role)
#: The roles beside admin, who may do everything.
_ALLOWED: Final[Mapping[Permission, frozenset[Role]]] = {
    Permission.READ: _EVERYBODY,
    # identifiers in clear: a phone, an e-mail, a card
    Permission.PEOPLE_READ: frozenset({Role.SERVICE}),
    Permission.CUSTOMERS_CHANGE: frozenset({Role.SERVICE}),
    Permission.CUSTOMERS_ERASE: frozenset({Role.SERVICE}),
    Permission.PROGRAMMES_CHANGE: frozenset({Role.MARKETER}),
    Permission.SEGMENTS_CHANGE: frozenset({Role.MARKETER, Role.ANALYST}),
    Permission.MODELS_CHANGE: frozenset({Role.ANALYST}),
    # playbooks, surveys, offers, experiments
    Permission.CARE_CHANGE: frozenset({Role.MARKETER, Role.SERVICE}),
    Permission.CASES_CHANGE: frozenset({Role.SERVICE}),
    Permission.TASKS_CHANGE: frozenset({Role.SERVICE, Role.MARKETER}),
    Permission.KPIS_CHANGE: frozenset({Role.MARKETER, Role.ANALYST}),
    Permission.DATA_CHANGE: frozenset({Role.OPS}),
    Permission.REPORTS_MAKE: _EVERYBODY,
    Permission.REPORTS_SCHEDULE: frozenset({Role.MARKETER, Role.ANALYST}),
    Permission.OPS_READ: frozenset({Role.OPS}),
    Permission.KEYS_CHANGE: frozenset(),
    Permission.AUDIT_READ: frozenset({Role.OPS}),
    Permission.USERS_CHANGE: frozenset(),
}


def may(role: Role, permission: Permission) -> bool:
    """Tell whether a role is allowed something."""
    return role is Role.ADMIN or role in _ALLOWED[permission]
