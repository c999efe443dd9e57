"""What a request says of where it comes from, and where it may be sent on to."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL: Final = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)
Headers = Mapping[bytes, bytes]


def is_changing(method: str) -> bool:
    """Tell whether a method may change something."""
    return method not in _SAFE


def is_ours(headers: Headers, public_url: str | None) -> bool:
    """Tell whether a page of ours sends this; every browser names the origin of what may change.

    A page elsewhere can neither choose `Host` nor `Origin`. Without an origin it is no browser.
    """
    origin = _words(headers.get(b"origin"))
    if not origin:
        return False
    if public_url is not None and origin == origin_of(public_url):
        return True
    host = _words(headers.get(b"host"))
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()


def origin_of(url: str) -> str:
    """Give the origin of an address: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def local_path(text: str | None) -> str:
    """Give a path of ours to go on to; anything that may lead elsewhere becomes the front page."""
    if text is None or len(text) > 2000 or not _LOCAL.fullmatch(text):
        return "/"
    return "/" if text.startswith(("/login", "/logout", "/oidc")) else text


def address_of(client: str, forwarded: str, proxies: int) -> str:
    """Name the address of a visitor behind so many proxies of the shop's own.

    Each proxy appends whom it saw: what stands further left may have been made up.
    """
    if not proxies:
        return client
    named = [part.strip() for part in forwarded.split(",") if part.strip()]
    return named[-proxies] if len(named) >= proxies else client


def _words(raw: bytes | None) -> str:
    return (raw or b"").decode("latin-1").strip().lower()
