"""Tell a database that cannot be reached from a mistake in our statement."""

import asyncio

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# InterfaceError of asyncpg: "connection is closed", "pool is closing"; also misuse.
AWAY_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    asyncio.TimeoutError,
    PoolTimeout,
    OperationalError,
    InterfaceError,
    asyncpg.InterfaceError,
    # Postgres died under an idle connection, whose end asyncpg has not heard yet: "cannot switch
    # to state 11; another operation (2) is in progress" (found by make chaos: it answered 500).
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.LockNotAvailableError,
)


def is_away(error: BaseException) -> bool:
    """Tell whether trying again later may help: no connection, no answer in time, no lock."""
    if isinstance(error, AWAY_ERRORS):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_caused_away(error)
    return False


def _is_caused_away(error: DBAPIError) -> bool:
    cause = error.orig.__cause__ if error.orig is not None else None
    return isinstance(cause, AWAY_ERRORS)
