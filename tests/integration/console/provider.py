"""A small OpenID Connect provider on a port of its own: one person, whose groups tests choose."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.ports import free_port

CLIENT_ID, CLIENT_SECRET = "console", "s3cret"


@dataclass(slots=True)
class FakeProvider:
    """Knows `claims` of one person; `spoil` changes a token before it is signed."""

    port: int = field(default_factory=free_port)
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "u-1",
            "preferred_username": "li.na",
            "name": "Li Na",
            "groups": ["shop", "tiers-marketing"],
        }
    )
    spoiled: dict[str, Any] = field(default_factory=dict)
    is_broken: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signing: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def agree(self, address: str) -> str:
        """Do what somebody's browser and the provider's pages do; give the code."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return code

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _discovery(self, _: Request) -> Response:
        if self.is_broken:
            return Response("down", 503)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _token(self, request: Request) -> Response:
        form = {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        is_us = request.headers.get("authorization") == f"Basic {basic}"
        if asked is None or not is_us or not _is_of(asked, form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "at", "id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60}
        claims |= {"nonce": nonce} | self.claims | self.spoiled
        header = {"alg": self.algorithm, "kid": "1"}
        kept = {key: value for key, value in claims.items() if value is not None}
        return jwt.encode(header, kept, self.signing or self.key, algorithms=[self.algorithm])


def _is_of(asked: dict[str, str], form: dict[str, str]) -> bool:
    """Whether who brings the code is who asked for it (RFC 7636)."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    is_same = form.get("redirect_uri") == asked["redirect_uri"]
    return is_same and challenge == asked["code_challenge"]


@contextmanager
def serving(provider: FakeProvider) -> Iterator[FakeProvider]:
    """Serve a provider from a thread."""
    config = uvicorn.Config(provider.app(), port=provider.port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
