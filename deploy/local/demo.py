"""When the demo shop is played: once, into an empty database, and to its end."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.database import is_empty
from deploy.local.ports import Addresses
from shared.clock import clock_from

EMBEDDED = "embedded"


async def load_demo(
    state: Path, addresses: Addresses, values: Mapping[str, str], environ: Mapping[str, str]
) -> str:
    """Play the demo shop unless the database has a life of its own; an interrupted one goes on.

    Gives what went wrong, or nothing: Tierline serves without a demo, and the next start goes on.
    """
    database = name_of_database(environ.get("DATABASE_URL"))
    began_at = unfinished(state, database)
    if began_at is None and not await is_empty(values["DATABASE_URL"]):
        return ""
    now = began_at or clock_from(environ.get("BUSINESS_NOW")).now()
    note(state, database, now, is_done=False)
    from deploy.demo.calls import DemoFailed  # noqa: PLC0415 - numpy, only when it is needed
    from deploy.demo.play import play  # noqa: PLC0415 - the same

    try:
        await play(
            ingest_url=addresses.url("ingest"),
            scoring_url=addresses.url("scoring"),
            feedback_url=addresses.url("feedback"),
            key=values["TIERLINE_ADMIN_KEY"],
            now=now,
            is_resumed=began_at is not None,
        )
    except DemoFailed as failure:
        return str(failure)
    note(state, database, now, is_done=True)
    return ""


def name_of_database(database_url: str | None) -> str:
    """Name the database without its password, so that no demo goes on in another one."""
    if not database_url:
        return EMBEDDED
    parts = urlsplit(database_url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"


def unfinished(state: Path, database: str) -> datetime | None:
    """Give the `now` of an interrupted demo: posting it again adds only what is missing."""
    try:
        known = json.loads(state.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    if known["is_done"] or known["database"] != database:
        return None
    return datetime.fromisoformat(known["now"])


def note(state: Path, database: str, now: datetime, *, is_done: bool) -> None:
    """Write down how far the demo got."""
    known = {"database": database, "now": now.isoformat(), "is_done": is_done}
    state.write_text(json.dumps(known), encoding="ascii")
