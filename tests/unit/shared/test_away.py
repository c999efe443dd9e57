"""Outages are told from mistakes of ours."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.away import is_away


def wrapped(cause: Exception, *, is_lost: bool = False) -> DBAPIError:
    orig = Exception("driver")
    orig.__cause__ = cause
    return DBAPIError("SELECT 1", None, orig, connection_invalidated=is_lost)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.AdminShutdownError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.QueryCanceledError(),
        asyncpg.LockNotAvailableError(),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.InternalClientError(
            "cannot switch to state 11; another operation (2) is in progress"
        ),
        PoolTimeout(),
        OperationalError("SELECT 1", None, Exception()),
        wrapped(asyncpg.AdminShutdownError()),
        wrapped(ValueError(), is_lost=True),
    ],
)
def test_what_may_pass_by_itself_is_an_outage(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(),
        ValueError(),
        KeyError(),
        asyncpg.UniqueViolationError(),
        asyncpg.UndefinedColumnError(),
        IntegrityError("INSERT", None, Exception()),
        wrapped(asyncpg.UndefinedColumnError()),
    ],
)
def test_a_mistake_is_none(error: Exception) -> None:
    assert not is_away(error)
