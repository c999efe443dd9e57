"""The worker of the demo shop's nights: works off one instant after the other, each when told.

Reads an instant a line; a log line says when all that was due then is decided and counted. One
process for all nights: to start one takes longer than a night does.
"""

import asyncio
import json
import signal
import sys
from contextlib import suppress

from deploy.local.output import NIGHT_OVER
from deploy.worker import find_sources, work_once
from shared.logs import configure
from shared.settings import PlatformSettings


async def keep_watch() -> None:
    """Work nights off until there are no more; a stop gives back what is under way."""
    loop = asyncio.get_running_loop()
    whole = asyncio.current_task()
    if whole is None:
        raise AssertionError("runs in a task")
    loop.add_signal_handler(signal.SIGTERM, whole.cancel)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    platform, sources = PlatformSettings.load(), find_sources("scoring")
    configure("night", level=platform.log_level)
    while line := (await told.readline()).decode().strip():
        await work_once(platform.model_copy(update={"business_now": line}), sources)
        # By itself and not by the logger, whose level may be set so that it stays silent.
        sys.stdout.write(json.dumps({"event": NIGHT_OVER, "at": line}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    with suppress(asyncio.CancelledError):
        asyncio.run(keep_watch())
