"""A web hook never reaches into the network it is sent from."""

from ipaddress import ip_address

import pytest

from services.scoring.domain.webhooks.targets import BadTarget, check_address, target_of

INNER = (
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://[::1]/",
    "http://[fc00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://shop.localhost/",
    "https://db.internal/",
    "https://printer.local/",
    "https://intranet/",
)
NEVER = (
    "http://0.0.0.0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://169.254.1.1/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://metadata.google.internal/",
    "http://metadata/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "https://b\u00fccher.example/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "//example.com/",
    "https://",
    "https://user@example.com/",
    "https://user:word@example.com/",
    "https://example.com\\@evil.example/",
    "https://example.com/#part",
    "https://exa mple.com/",
    "https://example.com/a b",
    "https://example.com/\r\nHost: other",
    "https://example..com/",
    "https://-example.com/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://" + "a" * 64 + ".com/",
    "https://example.com/" + "a" * 2048,
    "",
)
PUBLIC = (
    ("https://example.com", ("https", "example.com", 443, "/")),
    ("HTTPS://Hooks.Example.com./a?b=c", ("https", "hooks.example.com", 443, "/a?b=c")),
    ("http://93.184.216.34:8080/x", ("http", "93.184.216.34", 8080, "/x")),
    ("https://[2606:2800:220:1::1]:8443/", ("https", "2606:2800:220:1::1", 8443, "/")),
    ("https://example.com?x=1", ("https", "example.com", 443, "/?x=1")),
)


@pytest.mark.parametrize("url", [*INNER, *NEVER])
def test_only_the_public_internet_is_called(url: str) -> None:
    with pytest.raises(BadTarget):
        target_of(url)


@pytest.mark.parametrize("url", NEVER)
def test_some_are_refused_even_where_private_ones_are_allowed(url: str) -> None:
    with pytest.raises(BadTarget):
        target_of(url, allows_private=True)


@pytest.mark.parametrize("url", INNER)
def test_private_ones_are_taken_where_they_are_allowed(url: str) -> None:
    assert target_of(url, allows_private=True).scheme in ("http", "https")


@pytest.mark.parametrize(("url", "parts"), PUBLIC)
def test_public_url_is_read_in_parts(url: str, parts: tuple[str, str, int, str]) -> None:
    target = target_of(url)
    assert (target.scheme, target.host, target.port, target.path) == parts


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8002])
def test_odd_ports_are_refused(port: int) -> None:
    with pytest.raises(BadTarget, match="ports 80, 443, 8080, 8443"):
        target_of(f"https://example.com:{port}/")


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("https://example.com/x", "example.com"),
        ("http://example.com:443/", "example.com:443"),
        ("https://[2606:2800:220:1::1]:8443/", "[2606:2800:220:1::1]:8443"),
    ],
)
def test_receiver_is_asked_for_by_its_name(url: str, header: str) -> None:
    assert target_of(url).host_header == header


def test_name_that_leads_inside_is_refused_by_its_address() -> None:
    with pytest.raises(BadTarget, match="private"):
        check_address(ip_address("10.0.0.1"))
    check_address(ip_address("10.0.0.1"), allows_private=True)
    check_address(ip_address("93.184.216.34"))
