"""Where the services listen: PORT_BASE and what follows it."""

import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.errors import StartRefused

LOOPBACK = "127.0.0.1"
DEFAULT_BASE = 8000
# Where no system takes the ports of outgoing connections (Linux from 32768 up, others from 49152).
LISTENERS = range(10_000, 32_000)
_TRIES = 100
_OFFSETS = {"console": 0, "ingest": 1, "scoring": 2, "feedback": 3}


@dataclass(frozen=True, slots=True)
class Addresses:
    """One loopback port per service."""

    base: int

    def port(self, service: str) -> int:
        """Give the port of a service."""
        return self.base + _OFFSETS[service]

    def url(self, service: str) -> str:
        """Give the address of a service."""
        return f"http://{LOOPBACK}:{self.port(service)}"

    def variables(self) -> dict[str, str]:
        """Give the settings that tell every process where the others are."""
        ports = {f"{name.upper()}_PORT": str(self.port(name)) for name in _OFFSETS}
        urls = {f"{name.upper()}_URL": self.url(name) for name in _OFFSETS}
        return {"PORT_BASE": str(self.base), **ports, **urls}


def addresses_of(environ: Mapping[str, str]) -> Addresses:
    """Read PORT_BASE; raise StartRefused where it is no port."""
    text = environ.get("PORT_BASE") or str(DEFAULT_BASE)
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65532:
        raise StartRefused(f"PORT_BASE={text} is not a port between 1 and 65532")
    return Addresses(int(text))


def require_free(addresses: Addresses) -> None:
    """Refuse to start where another program already listens."""
    taken = [str(p) for name in _OFFSETS if not is_free(p := addresses.port(name))]
    if taken:
        raise StartRefused(
            f"port {', '.join(taken)} is taken by another program: stop it, or choose other ports "
            f"with PORT_BASE (now {addresses.base}: console; ingest +1, scoring +2, feedback +3)"
        )


def is_free(port: int) -> bool:
    """Tell whether a service could listen on a loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(preferred: int = 0) -> int:
    """Find a free loopback port: the preferred one if it is, else one of LISTENERS."""
    for port in (preferred, *random.sample(LISTENERS, _TRIES)):
        if port and is_free(port):
            return port
    raise StartRefused("no free port on the loopback interface")
