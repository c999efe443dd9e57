from pathlib import Path

from deploy.local.home import CONSOLE_PASSWORD, PASSWORD, PORT, Home
from deploy.local.ports import addresses_of
from deploy.local.run import child_environ, ready_lines

KEY = "tl_sk_" + "k" * 43
VALUES = {"TIERLINE_ADMIN_KEY": KEY, CONSOLE_PASSWORD: "the-password"}
LINES = ready_lines(addresses_of({"PORT_BASE": "9000"}), VALUES, 4.2)


def test_start_ends_with_one_ready_line() -> None:
    assert LINES[0] == "Tierline is ready"


def test_every_address_is_shown() -> None:
    text = "\n".join(LINES)
    assert all(f"http://127.0.0.1:{port}/docs" in text for port in (9001, 9002, 9003))


def test_the_console_is_shown_with_who_may_sign_in() -> None:
    assert LINES[1].split() == [
        "console", "http://127.0.0.1:9000", "(admin,", "password", "the-password)",
    ]  # fmt: skip


def test_last_line_is_a_command_to_paste() -> None:
    assert LINES[-1].strip() == (
        f'curl -s -H "Authorization: Bearer {KEY}" '
        "http://127.0.0.1:9002/v1/customers/demo-00001/tier"
    )


def test_services_learn_no_secret_of_the_embedded_server() -> None:
    values = {PASSWORD: "secret", PORT: "5433", "INGEST_PORT": "9001"}
    given = child_environ({"PATH": "/bin"}, Home(Path("/home")), values)
    assert (
        given.items() >= {"PATH": "/bin", "INGEST_PORT": "9001", "TIERLINE_HOME": "/home"}.items()
    )
    assert not given.keys() & {PASSWORD, PORT}
