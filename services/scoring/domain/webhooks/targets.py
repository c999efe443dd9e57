"""Whom we may call: a web hook must never reach into the network it is sent from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

MAX_URL: Final = 2048
PORTS: Final = frozenset({80, 443, 8080, 8443})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# One strict grammar, so that no two parsers read it differently: no user, no fragment, ASCII only.
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:[/?][!$-\[\]-~]*)?)",
    re.ASCII | re.IGNORECASE,
)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
# What some resolvers read as an address although nobody writes one so: 2130706433, 0x7f.1, 0177.1.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_INNER_NAMES: Final = ("localhost", "internal", "local", "localdomain", "intranet", "lan", "home")

#: Services that give their host's credentials to whoever asks; some have public addresses.
METADATA: Final = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
        ),
    )
)
_METADATA_NAMES: Final = frozenset({"metadata", "metadata.google.internal", "instance-data"})
# Of IPv6 only this part is given out; the rest is local, reserved, or carries an address of IPv4.
_GIVEN_OUT: Final = ip_network("2000::/3")
# Addresses that carry another one: whoever routes them ends up there.
_CARRIERS: Final = (ip_network("2002::/16"), ip_network("2001::/32"))
_PRIVATE: Final = tuple(
    ip_network(net)
    for net in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
    )
)


class BadTarget(ValueError):
    """An address that is never called; the text is a sentence for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL in parts; `host` is a name in lower case or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> Address | None:
        """Give the address where the host is one."""
        return _address_of(self.host)

    @property
    def host_header(self) -> str:
        """Give what the receiver is asked for."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _DEFAULT_PORTS[self.scheme] else f"{shown}:{self.port}"


def target_of(url: str, *, allows_private: bool = False) -> Target:
    """Read a URL that may be called; raises BadTarget.

    Names are only looked at here: what they stand for is checked whenever something is sent.
    """
    match = _URL.fullmatch(url) if len(url) <= MAX_URL else None
    if match is None:
        raise BadTarget("must be an http or https URL of plain ASCII, without a user or fragment")
    scheme, host = match["scheme"].lower(), match["host"].lower().strip("[]").removesuffix(".")
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    if not (port in PORTS or (allows_private and 0 < port < 65536)):
        raise BadTarget(f"must use one of the ports {', '.join(map(str, sorted(PORTS)))}")
    path = match["path"] or "/"
    target = Target(scheme, host, port, path if path.startswith("/") else f"/{path}")
    _check_host(target, allows_private=allows_private)
    return target


def _check_host(target: Target, *, allows_private: bool) -> None:
    if target.address is not None:
        check_address(target.address, allows_private=allows_private)
        return
    labels = target.host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
        raise BadTarget("must name a host, or an address in its usual form such as 203.0.113.9")
    if target.host in _METADATA_NAMES:
        raise BadTarget("must not name a metadata service")
    if not allows_private and (len(labels) == 1 or labels[-1] in _INNER_NAMES):
        raise BadTarget("must name a host of the public internet")


def check_address(address: Address, *, allows_private: bool = False) -> None:
    """Refuse an address that is not public; raises BadTarget."""
    address = _unmapped(address)
    if address in METADATA:
        raise BadTarget("must not lead to a metadata service")
    if _is_public(address):
        return
    if allows_private and any(address in net for net in _PRIVATE):
        return
    raise BadTarget("must not lead to a private, local or reserved address")


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GIVEN_OUT:
        return False
    is_carrier = any(address in net for net in _CARRIERS)
    return address.is_global and not address.is_multicast and not is_carrier


def _unmapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _address_of(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
