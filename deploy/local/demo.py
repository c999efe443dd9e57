"""When the demo shop is played: once, into an empty database, and to its end."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.database import is_empty
from deploy.local.errors import NightFailed
from deploy.local.nights import Nights
from deploy.local.ports import Addresses
from shared.clock import clock_from

EMBEDDED = "embedded"
#: A demo that was begun before there were nights has posted its whole history.
NO_NIGHTS_LEFT = 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a demo got: the instant at which its history ends, and the nights that are over."""

    database: str
    now: datetime
    nights: int = 0
    is_resumed: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo shop is played on, and the zone whose nights it has been through."""

    addresses: Addresses
    key: str
    zone: tzinfo
    nights: Nights
    wake: Callable[[], Awaitable[None]]


async def due_demo(
    state: Path, values: Mapping[str, str], environ: Mapping[str, str]
) -> Progress | None:
    """Say what is to be played: an interrupted demo goes on, and an empty database gets one."""
    database = name_of_database(environ.get("DATABASE_URL"))
    if (begun := unfinished(state, database)) is not None:
        return begun
    if not await is_empty(values["DATABASE_URL"]):
        return None
    return Progress(database, clock_from(environ.get("BUSINESS_NOW")).now())


async def load_demo(state: Path, begun: Progress, stage: Stage) -> str:
    """Play the demo shop to its end.

    Gives what went wrong, or nothing: Tierline serves without a demo, and the next start goes on.
    """
    from deploy.demo.calls import DemoFailed  # noqa: PLC0415 - numpy, only when it is needed
    from deploy.demo.past import Past  # noqa: PLC0415 - the same
    from deploy.demo.play import play  # noqa: PLC0415 - the same
    from deploy.demo.windows import nights_of  # noqa: PLC0415 - the same

    def over(nights: int) -> None:
        note(state, replace(begun, nights=nights), is_done=False)

    over(begun.nights)
    try:
        await play(
            ingest_url=stage.addresses.url("ingest"),
            scoring_url=stage.addresses.url("scoring"),
            feedback_url=stage.addresses.url("feedback"),
            key=stage.key,
            now=begun.now,
            is_resumed=begun.is_resumed,
            past=Past(
                nights_of(begun.now, stage.zone),
                work=stage.nights.work,
                asking=stage.nights.asking,
                note=over,
                wake=stage.wake,
                over=begun.nights,
            ),
        )
    except (DemoFailed, NightFailed) as failure:
        return str(failure)
    note(state, begun, is_done=True)
    return ""


def name_of_database(database_url: str | None) -> str:
    """Name the database without its password, so that no demo goes on in another one."""
    if not database_url:
        return EMBEDDED
    parts = urlsplit(database_url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"


def unfinished(state: Path, database: str) -> Progress | None:
    """Give how far an interrupted demo got: posting it again adds only what is missing."""
    try:
        known = json.loads(state.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    if known["is_done"] or known["database"] != database:
        return None
    now = datetime.fromisoformat(known["now"])
    return Progress(database, now, known.get("nights", NO_NIGHTS_LEFT), is_resumed=True)


def note(state: Path, demo: Progress, *, is_done: bool) -> None:
    """Write down how far the demo got."""
    known = {"database": demo.database, "now": demo.now.isoformat(), "is_done": is_done}
    draft = state.with_suffix(".new")  # put in place whole: a start reads it after a kill
    draft.write_text(json.dumps(known | {"nights": demo.nights}), encoding="ascii")
    draft.replace(state)
