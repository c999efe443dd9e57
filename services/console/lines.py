"""The open ways to the services, and what the shop is (its currency), asked once at the start."""

from contextlib import AsyncExitStack

from services.console.settings import ConsoleSettings
from services.console.visiting.services import Line, Service
from shared.clients.transport import Transport, http_client
from shared.settings import PlatformSettings


def open_lines(
    stack: AsyncExitStack, settings: ConsoleSettings, platform: PlatformSettings
) -> dict[Service, Line]:
    """Open a client to each service; they close with the stack.

    With the console's own key, which may do everything: who may do what is decided here, by role
    (accounts/roles.py).
    """
    key = platform.tierline_console_key
    secret = key.get_secret_value() if key is not None else ""
    lines = {}
    for service, url in _addresses(platform).items():
        http = http_client(url, secret, timeout_s=settings.answer_within_s)
        stack.push_async_callback(http.aclose)
        lines[service] = Line(service, Transport(http), http)
    return lines


def _addresses(platform: PlatformSettings) -> dict[Service, str]:
    return {
        Service.INGEST: platform.ingest_url,
        Service.SCORING: platform.scoring_url,
        Service.FEEDBACK: platform.feedback_url,
    }
