"""What a provider claims of somebody, and which role that gives here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.console.accounts.roles import Role

_PAIR: Final = re.compile(r"\s*([^=,]+?)\s*=\s*(\w+)\s*", re.ASCII)
Claims = Mapping[str, object]
#: The group of a provider and the role its people have here, the first that fits counts.
RoleMap = Sequence[tuple[str, Role]]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody a provider vouches for."""

    subject: str
    names: Sequence[str]
    display: str
    role: Role


class NoRole(Exception):
    """The provider vouches for them, but nothing it says gives a role here."""


def role_map(text: str) -> RoleMap:
    """Read `group=role,group=role`; raises ValueError."""
    pairs = []
    for part in filter(str.strip, text.split(",")):
        match = _PAIR.fullmatch(part)
        if match is None or match[2] not in set(Role):
            roles = ", ".join(Role)
            raise ValueError(f"is group=role, comma-separated; roles are {roles}")
        pairs.append((match[1], Role(match[2])))
    return tuple(pairs)


def vouched_by(claims: Claims, *, issuer: str, claim: str, roles: RoleMap) -> Vouched:
    """Say who somebody is here; raises NoRole."""
    subject = str(claims["sub"])
    named = [_text(claims.get(key)) for key in ("preferred_username", "email", "name")]
    names = [name for name in named if name] or [subject]
    return Vouched(
        subject=f"{issuer} {subject}",
        # two people may have one name at two places: the later one gets the longer name
        names=(names[0], f"{names[0]} ({subject})"),
        display=_text(claims.get("name")) or names[0],
        role=_role_of(_said_in(claims, claim), roles),
    )


def _role_of(groups: frozenset[str], roles: RoleMap) -> Role:
    for group, role in roles:
        if group in groups:
            return role
    raise NoRole


def _said_in(claims: Claims, path: str) -> frozenset[str]:
    """Read a claim, also one inside others (`realm_access.roles`): a text or a list of texts."""
    found: object = claims
    for part in [path] if path in claims else path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def _text(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text[:60] if text.isprintable() else ""
