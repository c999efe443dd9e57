"""Put together what sessions need, from the parts of the service that stand already."""

from __future__ import annotations

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.scoring.settings import ScoringSettings
from services.scoring.steady import Steady
from services.scoring.usecases.sessions.session_desk import SessionDesk, Sources
from services.scoring.usecases.sessions.tokens import SessionTokens
from services.scoring.usecases.sessions.told import Teller
from shared.clients.ingest import ingest_client
from shared.clock import clock_from
from shared.settings import PlatformSettings


def add_sessions(
    app: FastAPI, stack: AsyncExitStack, settings: ScoringSettings, platform: PlatformSettings
) -> None:
    """Set `sessions` and `session_tokens`; what they hold open is closed with the stack."""
    state = app.state
    steady: Steady = state.steady
    # Every call carries the key of whoever opens the session, so events are their source's.
    events, http = ingest_client(platform.ingest_url, "")
    stack.push_async_callback(http.aclose)
    sources = Sources(
        teller=Teller(state.pool, state.catalog, state.business_day, state.decider),
        entitlements=state.entitlements,
        segments=state.memberships,
        events=events,
        events_timeout_s=settings.session_events_timeout_s,
    )
    derived = platform.secrets.session_token_key
    state.session_tokens = SessionTokens(settings.session_secrets(derived))
    clock = clock_from(platform.business_now)
    state.sessions = SessionDesk(
        sources, state.session_tokens, clock, steady.outage, steady.last_known
    )
    stack.push_async_callback(state.sessions.close)
