"""Run the console: `python -m services.console` (one process: a page lives in the one it is in)."""

from fastapi import FastAPI

from services.console.app import create_app
from services.console.settings import ConsoleSettings
from shared.http import serve
from shared.settings import PlatformSettings


def main() -> None:
    """Serve until SIGTERM."""
    settings, platform = ConsoleSettings.load(), PlatformSettings.load()

    def app() -> FastAPI:
        return create_app(settings, platform)

    serve(app, settings.host, settings.port, drain_s=settings.drain_s)


if __name__ == "__main__":
    main()
