"""Links in reports lead where people can follow them."""

import pytest

from services.console.settings import ConsoleSettings
from services.console.worker import own_address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:9600"),
        ("0.0.0.0", "http://localhost:9600"),  # noqa: S104  # nothing listens in this test
        ("console.lan", "http://console.lan:9600"),
    ],
    ids=["this machine", "everywhere", "a name"],
)
def test_the_address_of_the_console_is_one_that_can_be_opened(host: str, address: str) -> None:
    assert own_address(ConsoleSettings(host=host, port=9600)) == address
