"""Run scoring: `python -m services.scoring`."""

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from shared.http import serve
from shared.logs import configure
from shared.settings import PlatformSettings


def main() -> None:
    """Serve until told to stop."""
    platform, settings = PlatformSettings.load(), ScoringSettings.load()
    configure("scoring", level=platform.log_level)
    serve(
        lambda: create_app(settings, platform, keeps_snapshot=True),
        settings.host,
        settings.port,
        drain_s=settings.drain_s,
    )


if __name__ == "__main__":
    main()
