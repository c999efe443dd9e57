import pytest

from deploy.local.errors import StartRefused
from deploy.local.ports import addresses_of


@pytest.mark.parametrize(("given", "ingest"), [({}, 8001), ({"PORT_BASE": "9000"}, 9001)])
def test_services_follow_the_base(given: dict[str, str], ingest: int) -> None:
    assert addresses_of(given).port("ingest") == ingest


def test_every_process_learns_every_address() -> None:
    variables = addresses_of({"PORT_BASE": "9000"}).variables()
    assert variables == {
        "PORT_BASE": "9000",
        "CONSOLE_PORT": "9000",
        "CONSOLE_URL": "http://127.0.0.1:9000",
        "INGEST_PORT": "9001",
        "SCORING_PORT": "9002",
        "FEEDBACK_PORT": "9003",
        "INGEST_URL": "http://127.0.0.1:9001",
        "SCORING_URL": "http://127.0.0.1:9002",
        "FEEDBACK_URL": "http://127.0.0.1:9003",
    }


@pytest.mark.parametrize("text", ["0", "65533", "-1", "eight", "80 00", "８０００"])
def test_base_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(StartRefused, match="PORT_BASE"):
        addresses_of({"PORT_BASE": text})
