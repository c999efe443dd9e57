"""Session tokens: JWTs that a page may hold, sealed so that they tell it nothing of ours.

RFC 7519, HS256. `sub` is the session's content under AES-256-GCM: a page's owner reads neither the
customer's name nor an internal class in it, and two tokens of one customer look unlike.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.scoring.domain.session import LIFETIME_S, LONGEST_S, Named, Session
from services.scoring.domain.session_answer import encode
from services.scoring.errors import BadSession

AUDIENCE: Final = "tier"
SCOPE: Final = "self"
#: A token has some 130 bytes a programme (what they are depends on its names); nothing longer than
#: this is looked at.
MAX_TOKEN: Final = 32 * 1024
_NONCE_BYTES: Final = 12
_HEADER: Final = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
_REQUIRED: Final = ["exp", "iat", "aud", "scope", "sid", "sub"]


@dataclass(frozen=True, slots=True)
class _Live:
    """One live secret: what signs, and what seals."""

    signing: bytes
    sealing: AESGCM

    @classmethod
    def of(cls, secret: bytes) -> _Live:
        return cls(secret, AESGCM(hmac.digest(secret, b"sealing", sha256)))


class SessionTokens:
    """Issues with the first secret, reads those of every live one."""

    __slots__ = ("_live", "_seconds")

    def __init__(
        self, secrets: Sequence[bytes], *, seconds: Callable[[], float] = time.time
    ) -> None:
        """Take the live secrets, the signing one first, and the machine's clock."""
        self._live = [_Live.of(secret) for secret in secrets]
        self._seconds = seconds

    def issue(self, session: Session) -> tuple[str, datetime]:
        """Make a token; give when it ends. PyJWT's own encode costs 12 us, this 6."""
        live = self._live[0]
        begins = int(self._seconds())
        began = session.began or begins
        ends = min(begins + LIFETIME_S, began + LONGEST_S)
        claims = (
            f'{{"iss":"tierline","aud":"{AUDIENCE}","scope":"{SCOPE}","sid":"{session.session_id}",'
            f'"iat":{begins},"exp":{ends},"sub":"{_sealed(live, session, began)}"}}'
        )
        signed = _HEADER + b"." + _base64(claims.encode())
        token = signed + b"." + _base64(hmac.digest(live.signing, signed, sha256))
        return token.decode(), datetime.fromtimestamp(ends, UTC)

    def read(self, token: str) -> Session:
        """Read a token that is ours and still lives; raises BadSession, one for every fault."""
        if len(token) > MAX_TOKEN:
            raise BadSession
        for live in self._live:
            claims = self._claims(live, token)
            if claims is not None:
                return _opened(live, claims)
        raise BadSession

    def _claims(self, live: _Live, token: str) -> dict[str, Any] | None:
        """Check one secret's signature and the times, by the clock we issue with."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                live.signing,
                algorithms=["HS256"],
                audience=AUDIENCE,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            return None
        begins, ends = claims["iat"], claims["exp"]
        if claims["scope"] != SCOPE or not isinstance(begins, int) or not isinstance(ends, int):
            return None
        is_short = ends - begins <= LIFETIME_S
        return claims if is_short and self._seconds() < ends else None


def _sealed(live: _Live, session: Session, began: int) -> str:
    """Seal kind, look-up key, channel, begin and programmes in a line, then a line a tier."""
    content = (session.named.kind, urlsafe_b64encode(session.named.lookup_key).decode())
    texts = encode([*content, session.channel, began, *session.pinned])
    plain = b"\n".join((texts, *session.pinned.values()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = live.sealing.encrypt(nonce, plain, session.session_id.encode())
    return _base64(nonce + sealed).decode()


def _opened(live: _Live, claims: dict[str, Any]) -> Session:
    try:
        sealed = urlsafe_b64decode(claims["sub"] + "==")
        nonce, hidden = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        plain = live.sealing.decrypt(nonce, hidden, str(claims["sid"]).encode())
    except (InvalidTag, ValueError):
        raise BadSession from None
    texts, *tiers = plain.split(b"\n")
    kind, named, channel, began, *programmes = json.loads(texts)
    pinned = dict(zip(programmes, tiers, strict=True))
    whose = Named(kind, urlsafe_b64decode(named))
    return Session(str(claims["sid"]), whose, channel, pinned, began)


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
