"""What docker-compose.yml needs from its environment, made up for a throwaway installation."""

import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

PORTS = ("INGEST_PORT", "SCORING_PORT", "FEEDBACK_PORT", "CONSOLE_PORT")
_NEW_ENV = Path(__file__).with_name("new_env.sh")
_DEFAULTS = {
    "IMAGE_TAG": "check",
    "BUILDAH_FORMAT": "docker",  # podman's own image format has no health checks
}
# A .env beside the compose file speaks for the operator's installation, not for this one.
_FIXED = {
    "BUSINESS_NOW": "",
    "BUSINESS_TIME_ZONE": "Asia/Shanghai",
    "BASE_CURRENCY": "",
    "ALLOW_UNSAFE_DURABILITY": "",
}


def for_check(environ: Mapping[str, str], ports: Mapping[str, int]) -> dict[str, str]:
    """Give the environment of a throwaway installation on the given ports."""
    published = {name: str(port) for name, port in ports.items()}
    return {**_DEFAULTS, **environ, **_FIXED, **published, **new_secrets()}


def new_secrets() -> dict[str, str]:
    """Make up every secret the compose file requires, the way an operator does."""
    script = ["/bin/sh", str(_NEW_ENV)]
    text = subprocess.run(script, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own script
    return dict(line.split("=", 1) for line in text.splitlines())


def free_ports() -> dict[str, int]:
    """Find a free loopback port for each service."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
    try:
        numbers = [listener.getsockname()[1] for listener in listeners]
        return dict(zip(PORTS, numbers, strict=True))
    finally:
        for listener in listeners:
            listener.close()
