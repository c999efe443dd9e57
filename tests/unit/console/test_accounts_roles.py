from uuid import UUID

import pytest

from services.console.accounts.person import Look, Person
from services.console.accounts.roles import Permission, Role, may

P = Permission
EVERYBODY = {P.READ, P.REPORTS_MAKE}
EXPECTED = {
    Role.ANALYST: EVERYBODY | {P.SEGMENTS_CHANGE, P.MODELS_CHANGE, P.KPIS_CHANGE}
    | {P.REPORTS_SCHEDULE},
    Role.MARKETER: EVERYBODY | {P.PROGRAMMES_CHANGE, P.SEGMENTS_CHANGE, P.CARE_CHANGE}
    | {P.TASKS_CHANGE, P.KPIS_CHANGE, P.REPORTS_SCHEDULE},
    Role.SERVICE: EVERYBODY | {P.PEOPLE_READ, P.CUSTOMERS_CHANGE, P.CUSTOMERS_ERASE}
    | {P.CARE_CHANGE, P.CASES_CHANGE, P.TASKS_CHANGE},
    Role.OPS: EVERYBODY | {P.DATA_CHANGE, P.OPS_READ, P.AUDIT_READ},
    Role.ADMIN: set(Permission),
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_a_role_is_allowed_what_its_work_needs_and_no_more(role: Role) -> None:
    assert {each for each in P if may(role, each)} == EXPECTED[role]


@pytest.mark.parametrize("permission", [P.KEYS_CHANGE, P.USERS_CHANGE])
def test_keys_and_users_are_the_admins_alone(permission: Permission) -> None:
    assert [role for role in Role if may(role, permission)] == [Role.ADMIN]


def test_a_person_may_what_their_role_may() -> None:
    person = Person(UUID(int=1), "an", "An", Role.OPS, None, Look.LIGHT, UUID(int=2))
    assert person.may(P.AUDIT_READ)
    assert not person.may(P.PEOPLE_READ)
    assert person.actor == "user:an"
