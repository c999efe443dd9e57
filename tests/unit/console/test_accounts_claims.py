import pytest

from services.console.accounts.oidc_claims import NoRole, role_map, vouched_by
from services.console.accounts.roles import Role

ROLES = role_map("boss=admin, shop floor = service")


def role(claims: dict[str, object], claim: str = "groups") -> Role:
    return vouched_by({"sub": "u", **claims}, issuer="i", claim=claim, roles=ROLES).role


@pytest.mark.parametrize(
    ("claims", "claim", "expected"),
    [
        ({"groups": ["x", "shop floor"]}, "groups", Role.SERVICE),
        ({"groups": ["shop floor", "boss"]}, "groups", Role.ADMIN),
        ({"groups": "boss"}, "groups", Role.ADMIN),
        ({"realm_access": {"roles": ["boss"]}}, "realm_access.roles", Role.ADMIN),
        ({"https://shop/roles.all": ["boss"]}, "https://shop/roles.all", Role.ADMIN),
    ],
    ids=["list", "the first in the settings", "text", "inside another", "a dot in its name"],
)
def test_a_group_gives_a_role(claims: dict[str, object], claim: str, expected: Role) -> None:
    assert role(claims, claim) is expected


@pytest.mark.parametrize(
    "claims",
    [{}, {"groups": []}, {"groups": ["bos", "Boss"]}, {"groups": None}, {"groups": {"boss": 1}}],
    ids=["none", "empty", "others", "null", "object"],
)
def test_nothing_else_does(claims: dict[str, object]) -> None:
    with pytest.raises(NoRole):
        role(claims)


def test_people_are_named_by_what_they_are_known_by() -> None:
    claims: dict[str, object] = {"groups": "boss", "email": "li@shop.example", "name": " Li  Na "}
    found = vouched_by({"sub": "u", **claims}, issuer="i", claim="groups", roles=ROLES)
    assert found.names == ("li@shop.example", "li@shop.example (u)")
    assert (found.display, found.subject) == ("Li Na", "i u")
    bare = vouched_by({"sub": "u", "groups": "boss"}, issuer="i", claim="groups", roles=ROLES)
    assert (bare.names[0], bare.display) == ("u", "u")


@pytest.mark.parametrize("text", ["boss", "boss=king", "=admin", "a=admin;b=ops"])
def test_a_role_map_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="group=role"):
        role_map(text)


def test_no_role_map_lets_nobody_in() -> None:
    assert role_map("") == role_map(" , ") == ()
