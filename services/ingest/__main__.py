"""Run the ingest service: `python -m services.ingest`."""

from fastapi import FastAPI

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.http import serve
from shared.logs import configure
from shared.settings import PlatformSettings


def main() -> None:
    """Serve until SIGTERM."""
    settings, platform = IngestSettings.load(), PlatformSettings.load()
    configure("ingest", level=platform.log_level)

    def app() -> FastAPI:
        return create_app(settings, platform)

    serve(app, settings.host, settings.port, drain_s=settings.drain_s)


if __name__ == "__main__":
    main()
