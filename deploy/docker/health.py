"""The health check of every image: asks whether the service of this container is ready."""

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

PORTS = {"console": 8000, "ingest": 8001, "scoring": 8002, "feedback": 8003}
_TIMEOUT_S = 4


def complaint(environ: Mapping[str, str]) -> str | None:
    """Ask once; give what is wrong, or nothing."""
    if environ["SERVICE"] == "worker":
        return database_complaint(environ["DATABASE_URL"])
    return service_complaint(ready_url(environ))


def ready_url(environ: Mapping[str, str]) -> str:
    """Name the address at which the service of this image says whether it is ready."""
    service = environ["SERVICE"]
    port = environ.get(f"{service.upper()}_PORT") or PORTS[service]
    return f"http://127.0.0.1:{port}/health/ready"


def service_complaint(url: str) -> str | None:
    """Ask a service whether it is ready."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S):  # noqa: S310 - our own http address
            return None
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode(errors="replace")
    except OSError as error:
        return f"{url}: {error}"


def database_complaint(database_url: str) -> str | None:
    """Look whether the worker's database can be reached: the worker itself answers nobody."""
    parts = urlsplit(database_url)
    address = (parts.hostname or "127.0.0.1", parts.port or 5432)
    try:
        socket.create_connection(address, timeout=_TIMEOUT_S).close()
    except OSError as error:
        return f"{address[0]}:{address[1]}: {error}"
    return None


if __name__ == "__main__":
    sys.exit(complaint(os.environ))
