"""Addresses and arguments of connections; what connects is tested on a real Postgres."""

import pytest

from shared.db import Limits, connect_arguments, plain_url, sqlalchemy_url

LIMITS = Limits("ingest", statement_timeout_s=1.5, lock_timeout_s=0.5)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("postgres://u:p@db/x", "postgresql://u:p@db/x"),
        ("postgresql://u:p@db/x", "postgresql://u:p@db/x"),
        ("postgresql+asyncpg://u:p%40@db/x?a=b", "postgresql://u:p%40@db/x?a=b"),
    ],
)
def test_every_spelling_of_a_url_becomes_libpqs(url: str, plain: str) -> None:
    assert plain_url(url) == plain


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u:p@db/x", "postgresql+asyncpg://u:p@db/x"),
        ("postgresql://db/x?sslmode=require", "postgresql+asyncpg://db/x?ssl=require"),
        ("postgresql://127.0.0.1:5/x", "postgresql+asyncpg://127.0.0.1:5/x?ssl=disable"),
        ("postgresql://localhost/x?sslmode=prefer", "postgresql+asyncpg://localhost/x?ssl=prefer"),
    ],
)
def test_sqlalchemy_reads_ssl_its_own_way(url: str, expected: str) -> None:
    assert sqlalchemy_url(url) == expected


def test_the_server_keeps_the_time() -> None:
    arguments = connect_arguments("postgresql://db/x", LIMITS)
    assert arguments["server_settings"]["statement_timeout"] == "1500"
    assert arguments["server_settings"]["lock_timeout"] == "500"
    assert arguments["server_settings"]["application_name"] == "ingest"
    assert arguments["command_timeout"] > LIMITS.statement_timeout_s


@pytest.mark.parametrize(
    ("url", "is_plain"),
    [
        ("postgresql://127.0.0.1/x", True),
        ("postgresql://[::1]:5432/x", True),
        ("postgresql://db.example/x", False),
        ("postgresql://127.0.0.1/x?sslmode=require", False),
    ],
)
def test_a_local_database_needs_no_certificates(url: str, is_plain: bool) -> None:
    assert (connect_arguments(url, LIMITS).get("ssl") is False) == is_plain
