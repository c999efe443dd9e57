"""Count tries to sign in by name and by address: who guesses waits, whether the name exists or not.

A try is counted before the password is looked at, so that many at once count as many.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from services.console.accounts.queries import trials
from services.console.accounts.waits import ADDRESS_RULE, NAME_RULE, WaitRule, network_of
from shared.clock import Clock
from shared.ids import short_key


class TooManyTries(Exception):
    """This name or this address has to wait; `wait` says how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Tried:
    """The keys a try was counted under."""

    name: bytes
    address: bytes


@dataclass(frozen=True, slots=True)
class Trials:
    """Counts tries in the database: every process of the console knows of them."""

    pool: asyncpg.Pool
    clock: Clock

    async def begin(self, name: str, address: str) -> Tried:
        """Count a try; raises TooManyTries."""
        keys = Tried(short_key("name", name), short_key("address", network_of(address)))
        now = self.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            wait = await _counted(connection, keys.address, ADDRESS_RULE, now)
            wait = wait or await _counted(connection, keys.name, NAME_RULE, now)
        if wait is not None:
            raise TooManyTries(wait)
        return keys

    async def failed(self, tried: Tried) -> None:
        """Count from now on how old the failures are."""
        now = self.clock.now()
        for key in (tried.address, tried.name):
            await trials.date_failure(self.pool, key, now)

    async def succeeded(self, tried: Tried) -> None:
        """Forget the tries of a name, and this one of its address."""
        now = self.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            await trials.take_trial_back(connection, tried.address, now)
            await trials.forget_trial(connection, tried.name)
        # apart: it takes rows in any order, and would deadlock with who counts
        await trials.drop_old_trials(self.pool, now)


async def _counted(
    connection: asyncpg.Connection, key: bytes, rule: WaitRule, now: datetime
) -> timedelta | None:
    failures = await trials.count_trial(connection, key, now)
    if failures is None:
        until = await trials.locked_until(connection, key)
        return max((until or now) - now, timedelta(seconds=1))
    await trials.lock_trial(connection, key, now + rule.wait_after(failures))
    return None
