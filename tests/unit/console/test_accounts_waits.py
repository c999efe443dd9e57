import json
from datetime import timedelta
from io import StringIO

import pytest

from services.console.accounts.keeper import warn_of_proxies
from services.console.accounts.waits import ADDRESS_RULE, NAME_RULE, WaitRule, network_of
from services.console.settings import ConsoleSettings
from shared.logs import logger

RULE = WaitRule(3, timedelta(seconds=5), timedelta(seconds=60))


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (2, 0), (3, 5), (4, 10), (5, 20), (6, 40), (7, 60), (8, 60), (10**9, 60)],
)
def test_the_wait_doubles_to_the_longest(failures: int, seconds: int) -> None:
    assert RULE.wait_after(failures) == timedelta(seconds=seconds)


def test_a_guesser_has_at_most_some_hundred_tries_a_day() -> None:
    spent, tries = timedelta(0), 0
    while spent < timedelta(days=1):
        tries += 1
        spent += NAME_RULE.wait_after(tries)
    assert tries < 120
    assert ADDRESS_RULE.free > NAME_RULE.free


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_customer_waits_with_all_their_addresses(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        (ConsoleSettings(), False),
        (ConsoleSettings(public_url="https://tiers.shop"), True),
        (ConsoleSettings(public_url="https://tiers.shop", trusted_proxies=1), False),
    ],
    ids=["no proxy", "not trusted", "trusted"],
)
def test_a_proxy_that_is_not_trusted_is_warned_of_at_the_start(
    settings: ConsoleSettings, *, warned: bool
) -> None:
    written = StringIO()
    warn_of_proxies(settings, logger("console", stream=written))
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["proxy_not_trusted"] * warned
