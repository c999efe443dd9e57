"""When the demo shop is played: once, into an empty database, and to its end."""

import importlib
import json
from collections.abc import Mapping
from datetime import datetime

from deploy.local.database import is_empty
from deploy.local.home import Home
from deploy.local.stack import Stack
from shared.clock import clock_from


async def load_demo(stack: Stack, values: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Play the demo shop unless the database has a life of its own; an interrupted one goes on."""
    began_at = _unfinished(stack.home)
    if began_at is None and not await is_empty(values["DATABASE_URL"]):
        return
    now = began_at or clock_from(environ.get("BUSINESS_NOW")).now()
    _write(stack.home, now, is_done=False)
    play = importlib.import_module("deploy.demo.play").play  # numpy: only when it is needed
    await play(
        ingest_url=stack.addresses.url("ingest"),
        scoring_url=stack.addresses.url("scoring"),
        feedback_url=stack.addresses.url("feedback"),
        key=values["TIERLINE_ADMIN_KEY"],
        now=now,
        is_resumed=began_at is not None,
    )
    _write(stack.home, now, is_done=True)


def _unfinished(home: Home) -> datetime | None:
    """Give the `now` of a demo that was interrupted: posting it again adds only what is missing."""
    try:
        state = json.loads(home.demo_file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    return None if state["is_done"] else datetime.fromisoformat(state["now"])


def _write(home: Home, now: datetime, *, is_done: bool) -> None:
    home.demo_file.write_text(json.dumps({"now": now.isoformat(), "is_done": is_done}))
