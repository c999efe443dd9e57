"""Signing in with the shop's own provider: OpenID Connect, authorization code with PKCE.

Authlib writes the requests and checks the claims; the answers are fetched by our own client.
"""

import secrets
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.console.accounts.oidc_claims import RoleMap, Vouched, vouched_by

#: Only signatures that need the provider's private key: never `none`, never a shared secret.
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "EdDSA", "Ed25519"]
_FRESH_S: Final = 3600.0
#: An unknown key is looked for at most so often: the token may be made up.
_KEYS_AGAIN_S: Final = 30.0
_LEEWAY_S: Final = 60
_SCOPE: Final = "openid profile email"


class ProviderAway(Exception):
    """The provider does not answer, or not as one does."""


class NotVouched(Exception):
    """The provider does not vouch for whoever came back, or its word was tampered with."""


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """Which provider, as whom we are known there, and what its groups may do here."""

    issuer: str
    client_id: str
    client_secret: str
    role_claim: str
    roles: RoleMap


@dataclass(frozen=True, slots=True)
class Journey:
    """What has to come back as it was sent: kept in a sealed cookie on the way."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    next: str

    @classmethod
    def begun(cls, redirect_uri: str, next_path: str) -> "Journey":
        """Draw what nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, redirect_uri, next_path)


@dataclass(slots=True)
class _Kept:
    at: float
    document: dict[str, Any]


class Provider:
    """One provider: where it sends people, and what it says of those who come back."""

    def __init__(self, rules: ProviderRules, http: httpx.AsyncClient) -> None:
        self._rules = rules
        self._http = http
        self._kept: dict[str, _Kept] = {}

    async def address_for(self, journey: Journey) -> str:
        """Give the address to send somebody to; raises ProviderAway."""
        found = await self._discovered()
        address: str = prepare_grant_uri(
            found["authorization_endpoint"],
            self._rules.client_id,
            "code",
            journey.redirect_uri,
            _SCOPE,
            journey.state,
            nonce=journey.nonce,
            code_challenge=create_s256_code_challenge(journey.verifier),
            code_challenge_method="S256",
        )
        return address

    async def vouched(self, code: str, journey: Journey) -> Vouched:
        """Say who came back; raises ProviderAway, NotVouched, NoRole."""
        answer = await self._tokens(code, journey)
        claims = await self._claims(answer, journey)
        rules = self._rules
        return vouched_by(claims, issuer=rules.issuer, claim=rules.role_claim, roles=rules.roles)

    async def _tokens(self, code: str, journey: Journey) -> dict[str, Any]:
        found = await self._discovered()
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=journey.redirect_uri,
            code=code,
            code_verifier=journey.verifier,
        )
        auth = httpx.BasicAuth(self._rules.client_id, self._rules.client_secret)
        return await self._asked("POST", found["token_endpoint"], auth=auth, body=body)

    async def _claims(self, answer: dict[str, Any], journey: Journey) -> CodeIDToken:
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotVouched
        decoded = await self._decoded(token)
        options: Any = {
            "iss": {"essential": True, "value": self._rules.issuer},
            "aud": {"essential": True, "value": self._rules.client_id},
            "nonce": {"essential": True, "value": journey.nonce},
        }
        params = {
            "nonce": journey.nonce,
            "client_id": self._rules.client_id,
            "access_token": answer.get("access_token"),
        }
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        try:
            claims.validate(leeway=_LEEWAY_S)
        except JoseError as error:
            raise NotVouched from error
        return claims

    async def _decoded(self, token: str) -> jwt.Token:
        """Check the signature; the provider may have new keys since we asked."""
        uri = (await self._discovered())["jwks_uri"]
        for fresh_s in (_FRESH_S, _KEYS_AGAIN_S):
            keys = await self._document(uri, fresh_s)
            try:
                return jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError):
                continue
        raise NotVouched

    async def _discovered(self) -> dict[str, Any]:
        issuer = self._rules.issuer
        uri = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await self._document(uri, _FRESH_S)
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != issuer or not all(found.get(key) for key in needed):
            raise ProviderAway
        return found

    async def _document(self, uri: str, fresh_s: float) -> dict[str, Any]:
        kept = self._kept.get(uri)
        if kept is not None and monotonic() - kept.at < fresh_s:
            return kept.document
        document = await self._asked("GET", uri)
        self._kept[uri] = _Kept(monotonic(), document)
        return document

    async def _asked(
        self, method: str, uri: str, *, auth: httpx.Auth | None = None, body: str = ""
    ) -> dict[str, Any]:
        try:
            data = dict(parse_qsl(body)) if body else None
            answer = await self._http.request(method, uri, data=data, auth=auth)
            document = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAway from error
        if answer.is_server_error or not isinstance(document, dict):
            raise ProviderAway
        if not answer.is_success:
            raise NotVouched
        return document
