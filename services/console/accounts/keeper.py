"""The door of the console: opened at its start, asked by the guard, the sign-in page and pages."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx

from services.console.accounts.audit import Audit
from services.console.accounts.cookies import Seal
from services.console.accounts.oidc import Provider, ProviderRules
from services.console.accounts.oidc_claims import role_map
from services.console.accounts.passwords import Passwords, name_key
from services.console.accounts.person import Language, Look, Person
from services.console.accounts.queries import users as queries
from services.console.accounts.sessions import Place, SessionRules, Sessions
from services.console.accounts.trying import Trials
from services.console.accounts.users import Users
from services.console.settings import ConsoleSettings
from services.console.visiting.house import Entry
from shared.clock import SystemClock, clock_from
from shared.logs import logger
from shared.secrets import sign
from shared.settings import PlatformSettings

#: What an entry of the audit log is about when somebody signs in or out.
SIGNED_IN: Final = "user.signed_in"
SIGNED_OUT: Final = "user.signed_out"
#: What the log calls a proxy before the console whose word on addresses is not taken.
PROXY_NOT_TRUSTED: Final = "proxy_not_trusted"
_PROVIDER_WITHIN_S: Final = 5.0


class WrongPassword(Exception):
    """Name and password do not belong together; which of them is wrong is not told."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who may use the console, and what they did."""

    settings: ConsoleSettings
    users: Users
    sessions: Sessions
    trials: Trials
    audit: Audit
    seal: Seal
    provider: Provider | None = None

    async def live(self, session_id: UUID) -> Person | None:
        """Give the person of a session that has not ended; None when it has."""
        return await self.sessions.live(session_id)

    async def prefer(
        self, person: Person, *, language: Language | None = None, look: Look | None = None
    ) -> None:
        """Keep how somebody wants the console shown."""
        await self.users.prefer(person.user_id, language, look)

    async def open_entry(self, entry: Entry) -> UUID:
        """Write down what is about to be changed; give the entry's id."""
        return await self.audit.open_entry(entry.actor, entry.action, entry.subject, entry.details)

    async def close_entry(self, audit_id: UUID, outcome: str) -> None:
        """Write down what became of it: done, refused, away."""
        await self.audit.close_entry(audit_id, outcome)

    async def sign_in(self, name: str, password: str, place: Place, language: Language) -> str:
        """Give the token of a new session; raises WrongPassword, TooManyTries."""
        user_id = await self.proved(name, password, place.address)
        return await self.let_in(user_id, place, language, by="password")

    async def proved(self, name: str, password: str, address: str) -> UUID:
        """Give whose name and password these are; raises WrongPassword, TooManyTries."""
        key = name_key(name)
        tried = await self.trials.begin(key, address)
        # no database keeps a NUL in a text: nobody has such a name
        proof = None if "\0" in key else await queries.proof_of(self.users.pool, key)
        kept = None if proof is None or proof.is_disabled else proof.password_hash
        is_right = await self.users.passwords.is_right(kept, password)
        if not is_right or proof is None or kept is None:
            await self.trials.failed(tried)
            raise WrongPassword
        await self.trials.succeeded(tried)
        await self._rehash(proof.user_id, kept, password)
        return proof.user_id

    async def let_in(self, user_id: UUID, place: Place, language: Language, *, by: str) -> str:
        """Open a session for somebody who has proved who they are, and write it down."""
        user = await self.users.require(user_id)
        if user.language is None:
            await self.users.prefer(user_id, language, None)
        token = await self.sessions.open(user_id, place)
        actor = f"user:{user.name}"
        details = {"by": by, "role": user.role.value, "address": place.address}
        await self.audit.note(actor, SIGNED_IN, actor, details)
        return token

    async def sign_out(self, person: Person) -> None:
        """End the session somebody is in."""
        await self.sessions.end(person.session_id)
        await self.audit.note(person.actor, SIGNED_OUT, person.actor, {"role": person.role.value})

    async def _rehash(self, user_id: UUID, kept: str, password: str) -> None:
        renewed = await self.users.passwords.renewed(kept, password)
        if renewed is not None:
            await queries.rehash(self.users.pool, user_id, kept, renewed)


async def open_accounts(
    stack: AsyncExitStack,
    pool: asyncpg.Pool,
    settings: ConsoleSettings,
    platform: PlatformSettings,
) -> Keeper:
    """Open the door; where nobody may enter yet, make `admin` with the password of the settings."""
    keeper = replace(keeper_on(pool, settings, platform), provider=_provider(stack, settings))
    warn_of_proxies(settings, logger("console"))
    if settings.admin_password is not None:
        await keeper.users.create_first(settings.admin_password.get_secret_value())
    return keeper


def warn_of_proxies(settings: ConsoleSettings, log: Any) -> None:
    """Warn where everybody seems to come from a proxy: one who guesses makes all of them wait."""
    if settings.public_url and settings.trusted_proxies == 0:
        log.warning(PROXY_NOT_TRUSTED, setting="CONSOLE_TRUSTED_PROXIES")


def keeper_on(pool: asyncpg.Pool, settings: ConsoleSettings, platform: PlatformSettings) -> Keeper:
    """Put the parts together. Sessions go by the machine's clock: a business may stand still."""
    machine = SystemClock()
    rules = SessionRules(
        timedelta(hours=settings.session_hours), timedelta(hours=settings.idle_hours)
    )
    sessions = Sessions(pool, machine, rules)
    return Keeper(
        settings=settings,
        users=Users(pool, machine, Passwords(), sessions),
        sessions=sessions,
        trials=Trials(pool, machine),
        audit=Audit(pool, clock_from(platform.business_now)),
        seal=Seal(sign(platform.secrets.session_token_key, b"console-cookies")),
    )


def _provider(stack: AsyncExitStack, settings: ConsoleSettings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    http = httpx.AsyncClient(timeout=_PROVIDER_WITHIN_S, follow_redirects=False)
    stack.push_async_callback(http.aclose)
    rules = ProviderRules(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        role_claim=settings.oidc_role_claim,
        roles=role_map(settings.oidc_roles),
    )
    return Provider(rules, http)
