"""API keys: what they look like, what they may do, how a request shows one."""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import unquote_to_bytes
from uuid import UUID

SCOPES = frozenset(
    {
        "events:write",
        "customers:read",
        "customers:write",
        "tier:read",
        "score:read",
        "programmes:write",
        "models:write",
        "feedback:write",
        "feedback:read",
        "segments:write",
        "privacy:write",
        "reports:read",
        "admin",
    }
)
ADMIN = "admin"
# A publishable key sits in a web page: it may post browsing events and nothing else.
PUBLISHABLE_SCOPES = frozenset({"browse:write"})
#: Keys of the settings: the variable that holds each, and the source its events come from.
OWN_KEYS: Final = {
    "TIERLINE_ADMIN_KEY": "admin",
    "TIERLINE_SERVICE_KEY": "services",
    "TIERLINE_CONSOLE_KEY": "console",
}
#: How people who sign in to the console are named as actors; no key may look like one.
PERSON_PREFIX: Final = "user:"

_KEY = re.compile(r"tl_(?:sk|pk)_[A-Za-z0-9_-]{43}", re.ASCII)
_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +(tl_(?:sk|pk)_[A-Za-z0-9_-]{43})")
_KEY_IN_URL = re.compile(rb"tl_[sp]k_|(?:^|&)(?:api_key|access_token)=", re.IGNORECASE)


class KeyKind(StrEnum):
    """Who may hold a key: a server, or everybody who reads the page's source."""

    SECRET = "secret"  # noqa: S105 - a kind of key, not a key
    PUBLISHABLE = "publishable"


class GrantRefused(ValueError):
    """What a new key was to be called or to do cannot be; the text says why, to people."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever a valid key speaks for."""

    key_id: UUID
    name: str
    scopes: frozenset[str]
    source: str | None = None
    kind: KeyKind = KeyKind.SECRET

    def may(self, scope: str) -> bool:
        """Tell whether the key carries a scope; admin carries all, a publishable key never."""
        return scope in self.scopes or (ADMIN in self.scopes and self.kind is KeyKind.SECRET)


def granted(asked: frozenset[str], kind: KeyKind) -> frozenset[str]:
    """Tell what a new key may do; raises GrantRefused."""
    if kind is KeyKind.PUBLISHABLE:
        if asked - PUBLISHABLE_SCOPES:
            raise GrantRefused("a publishable key has no scopes to choose")
        return PUBLISHABLE_SCOPES
    if asked - SCOPES:
        raise GrantRefused(f"known are {', '.join(sorted(SCOPES))}")
    if not asked:
        raise GrantRefused("name at least one")
    return asked


def own_name(name: str) -> str:
    """Check that a name is a key's own, not a setting's or a person's; raises GrantRefused."""
    if not name.strip() or name in OWN_KEYS or name.strip().startswith(PERSON_PREFIX):
        raise GrantRefused("give the key a name of its own")
    return name


def new_key(kind: KeyKind = KeyKind.SECRET) -> str:
    """Make a key: 32 random bytes behind a prefix that scanners know."""
    prefix = "tl_sk_" if kind is KeyKind.SECRET else "tl_pk_"
    return prefix + secrets.token_urlsafe(32)


def hash_key(key: str) -> bytes:
    """Name a key as it is stored; 256 random bits need no slow hash."""
    return sha256(key.encode()).digest()


def is_key(text: str) -> bool:
    """Tell whether a text has the form of a key."""
    return _KEY.fullmatch(text) is not None


def bearer_key(authorization: bytes | None) -> str | None:
    """Read the key of an `Authorization: Bearer` header; None when it holds none."""
    match = _BEARER.fullmatch(authorization.strip()) if authorization else None
    return match[1].decode() if match else None


def basic_key(authorization: bytes | None) -> str | None:
    """Read the key that Segment clients send as the user name of Basic auth."""
    scheme, _, encoded = (authorization or b"").strip().partition(b" ")
    if scheme.lower() != b"basic" or len(encoded) > 1024:
        return None
    try:
        user = base64.b64decode(encoded.strip(), validate=True).partition(b":")[0].decode("ascii")
    except (binascii.Error, UnicodeError):
        return None
    return user if is_key(user) else None


def is_key_in_url(path: str, query: bytes) -> bool:
    """Tell whether an address carries a key, also percent-encoded."""
    plain = unquote_to_bytes(query) if b"%" in query else query
    return _KEY_IN_URL.search(plain) is not None or "tl_sk_" in path or "tl_pk_" in path
