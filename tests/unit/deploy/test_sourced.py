import pytest

from deploy.local.home import PASSWORD, PORT
from deploy.local.sourced import is_embedded, without_own

OWN = "postgresql://tierline:own-word@127.0.0.1:5433/tierline?sslmode=disable"
KNOWN = {PASSWORD: "own-word", PORT: "5433", "DATABASE_URL": OWN}


def test_our_own_address_is_no_wish_of_the_user() -> None:
    environ = {"PATH": "/bin", "PORT_BASE": "9000", **KNOWN}
    assert without_own(environ, KNOWN) == {"PATH": "/bin", "PORT_BASE": "9000"}


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://shop:secret@db.shop.example/shop", id="a server of the shop"),
        pytest.param(OWN.replace("own-word", "other"), id="another password"),
        pytest.param(OWN.replace("127.0.0.1", "db.shop.example"), id="another machine"),
        pytest.param(OWN.replace("/tierline?", "/shop?"), id="another database"),
        pytest.param(OWN.replace("//tierline:", "//shop:"), id="another user"),
        pytest.param("postgresql://[::1/tierline", id="no address"),
        pytest.param("host=db user=shop", id="not a URL"),
    ],
)
def test_an_address_of_the_users_keeps_its_meaning(url: str) -> None:
    assert without_own({"DATABASE_URL": url}, KNOWN) == {"DATABASE_URL": url}


def test_our_own_server_is_known_on_the_port_it_had_before() -> None:
    assert is_embedded(OWN.replace("5433", "6000"), "own-word")


def test_a_home_without_a_password_owns_no_address() -> None:
    assert without_own({"DATABASE_URL": OWN}, {}) == {"DATABASE_URL": OWN}
    assert not is_embedded("postgresql://tierline@127.0.0.1:5433/tierline", "")


def test_the_password_of_another_home_is_not_taken() -> None:
    assert without_own({PASSWORD: "other", PORT: "1", "A": "1"}, KNOWN) == {"A": "1"}
