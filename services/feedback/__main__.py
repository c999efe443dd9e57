"""Run the feedback service: `python -m services.feedback`."""

from fastapi import FastAPI

from services.feedback.app import create_app
from services.feedback.settings import FeedbackSettings
from shared.http import serve
from shared.settings import PlatformSettings


def main() -> None:
    """Serve until SIGTERM."""
    settings, platform = FeedbackSettings.load(), PlatformSettings.load()

    def app() -> FastAPI:
        return create_app(settings, platform)

    serve(app, settings.host, settings.port, drain_s=settings.drain_s)


if __name__ == "__main__":
    main()
