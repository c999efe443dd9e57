"""The limit of a tier read: bare ASGI, one primary-key fetch, the bytes found as the answer."""

import os
from typing import Any

from shared.db import Limits, create_raw_pool
from shared.http import serve

FETCH = "SELECT answer FROM bare_answers WHERE customer_id = $1"
HEADERS = [(b"content-type", b"application/json")]
pool: Any = None


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer any path by its last part."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    body = await pool.fetchval(FETCH, scope["path"].rpartition("/")[2])
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": body})


async def live(receive: Any, send: Any) -> None:
    """Open the same pool as scoring's, and close it at the end."""
    global pool  # noqa: PLW0603 - twenty lines of a process of its own
    await receive()
    pool = await create_raw_pool(os.environ["DATABASE_URL"], Limits("bare"), size=16)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    serve(lambda: app, "127.0.0.1", int(os.environ["LIMIT_PORT"]))  # type: ignore[arg-type,return-value]
