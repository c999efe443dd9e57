"""Write playbooks, and read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.feedback.domain.care.laws import Known, faults_of, gaps_of
from services.feedback.domain.care.playbook import Playbook, PlaybookState, may_become
from services.feedback.domain.care.triggers import STREAM
from services.feedback.domain.fault import DocumentFault
from services.feedback.queries.care import playbooks as store
from services.feedback.queries.care.people import tier_names
from services.feedback.queries.care.playbooks import Run
from services.feedback.queries.care.shop import benefit_names, offer_keys, segment_keys
from services.feedback.queries.people import base_currency
from services.feedback.usecases.care.errors import (
    NotByHand,
    NotLive,
    PlaybookChanged,
    PlaybookKeyTaken,
    PlaybookStep,
    PlaybookVersionMissing,
    TooManyPlaybooks,
    UnknownPlaybook,
)
from services.feedback.usecases.care.finders import FINDERS, start_of
from services.feedback.usecases.desk import Desk
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.playbooks import (
    PlaybookAnswer,
    PlaybookBody,
    PlaybookRequest,
    PlaybookRunAnswer,
    PlaybookRunBody,
    PlaybookWarning,
    RunNote,
)
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7
from shared.keys import Caller
from shared.problem import INVALID, FieldFault, Problem

ROUTE: Final = "POST /v1/playbooks"
MOST_LIVE: Final = 200
#: Triggers that wait for people, or whose audience people may ask for out of turn.
BY_HAND: Final = frozenset({"manual", "schedule"})


async def create_playbook(
    desk: Desk, caller: Caller, request: PlaybookRequest, idempotency_key: str | None
) -> Answer:
    """Store a new playbook; raises PlaybookKeyTaken, TooManyPlaybooks and Problem 422."""

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        now = desk.clock.now()
        made = await _add(connection, request.key, request, now)
        if made is None:
            raise PlaybookKeyTaken
        await _note(connection, caller, made, now)
        return playbook_answer(made).model_dump(mode="json")

    return await idempotently(
        desk.pool, Asked(caller, ROUTE, request, idempotency_key, status=201), work
    )


async def write_playbook(
    desk: Desk, caller: Caller, key: str, body: PlaybookBody, *, version: int | None
) -> PlaybookAnswer:
    """Create a playbook, or change the version that was read.

    Raises PlaybookVersionMissing, PlaybookChanged, PlaybookStep, TooManyPlaybooks, Problem 422.
    """
    now = desk.clock.now()
    async with desk.pool.acquire() as connection, connection.transaction():
        stored = await store.hold_playbook(connection, key)
        if stored is None:
            if version is not None:
                raise PlaybookChanged
            made = await _add(connection, key, body, now)
            if made is None:  # somebody else made it at this moment
                raise PlaybookVersionMissing
            await _note(connection, caller, made, now)
            return playbook_answer(made)
        if version is None:
            raise PlaybookVersionMissing
        if version != stored.version:
            raise PlaybookChanged
        changed = await _change(connection, stored, body, now)
        await _note(connection, caller, changed, now)
        return playbook_answer(changed)


async def _note(
    connection: asyncpg.Connection, caller: Caller, made: Playbook, at: datetime
) -> None:
    details = {"version": made.version, "state": made.state.value}
    noted = Note(caller.name, "playbook.written", made.playbook_key, details)
    await note(connection, noted, at=at)


async def _add(
    connection: asyncpg.Connection, key: str, body: PlaybookBody, now: datetime
) -> Playbook | None:
    document = await _checked(connection, body)
    made = await store.add_playbook(connection, key, body.state, document, now)
    if made is not None and made.state == PlaybookState.LIVE:
        await _begin(connection, made, now)
    return made


async def _change(
    connection: asyncpg.Connection, stored: Playbook, body: PlaybookBody, now: datetime
) -> Playbook:
    state = PlaybookState(body.state)
    if not may_become(stored.state, state):
        raise PlaybookStep
    document = await _checked(connection, body)
    goes_live = state == PlaybookState.LIVE and stored.state != PlaybookState.LIVE
    # another trigger has seen nothing yet
    is_other = document["trigger"] != stored.document["trigger"]
    begins = goes_live or (state == PlaybookState.LIVE and is_other)
    live_since = now if begins else stored.live_since
    changed = replace(stored, state=state, document=document, live_since=live_since)
    made = await store.change_playbook(connection, changed, now)
    if made is None:
        raise UnknownPlaybook
    if begins:
        await _begin(connection, made, now)
    return made


async def _begin(connection: asyncpg.Connection, playbook: Playbook, now: datetime) -> None:
    """Let a playbook follow what happens from now on; what it made before stays made."""
    if await store.count_live(connection) > MOST_LIVE:
        raise TooManyPlaybooks
    cursor = await start_of(connection, playbook.trigger["kind"])
    if cursor is None:
        return
    key = playbook.playbook_key
    found = await store.find_run(connection, key, STREAM)
    counts = found.counts if found else {}
    await store.save_run(connection, Run(key, STREAM, cursor, counts, None, now, now, None))


async def _checked(connection: asyncpg.Connection, body: PlaybookBody) -> dict[str, Any]:
    """Give the document to be stored; raises Problem 422 with a path and a sentence a fault.

    What a draft names need not be there yet, nor need it name everything.
    """
    document = body.model_dump(mode="json", exclude={"state", "key"}, exclude_none=True)
    faults = faults_of(document, await _known(connection, is_live=body.state == "live"))
    if body.state == "live":
        faults += gaps_of(document)
    kind = document["trigger"]["kind"]
    if body.state == "live" and kind not in FINDERS:
        words = "Nothing follows this trigger here yet: choose another one."
        faults.append(DocumentFault("/trigger/kind", "not_followed", words))
    if faults:
        told = tuple(FieldFault(each.pointer, each.code, each.message) for each in faults)
        raise Problem(INVALID, errors=told)
    return document


async def _known(connection: asyncpg.Connection, *, is_live: bool) -> Known:
    currency = await base_currency(connection)
    if not is_live:
        return Known(currency)
    return Known(
        currency,
        await segment_keys(connection),
        await tier_names(connection),
        await offer_keys(connection),
        await benefit_names(connection),
    )


async def run_playbook(
    desk: Desk, caller: Caller, key: str, body: PlaybookRunBody, idempotency_key: str | None
) -> Answer:
    """Let a playbook look at its whole audience now; raises UnknownPlaybook, NotLive, NotByHand."""

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        playbook = await store.hold_playbook(connection, key)
        if playbook is None:
            raise UnknownPlaybook
        if playbook.state != PlaybookState.LIVE:
            raise NotLive
        if playbook.trigger["kind"] not in BY_HAND:
            raise NotByHand
        now, occasion = desk.clock.now(), f"manual:{uuid7().hex}"
        await store.save_run(connection, Run(key, occasion, None, {}, None, now, now, None))
        made = Note(caller.name, "playbook.run", key, {"occasion": occasion})
        await note(connection, made, at=now)
        return PlaybookRunAnswer(key=key, occasion=occasion).model_dump(mode="json")

    route = f"POST /v1/playbooks/{key}/run"
    return await idempotently(
        desk.pool, Asked(caller, route, body, idempotency_key, status=202), work
    )


async def one_playbook(pool: asyncpg.Pool, key: str) -> PlaybookAnswer:
    """Give one playbook and how its latest pass went; raises UnknownPlaybook."""
    playbook = await require_playbook(pool, key)
    return playbook_answer(playbook, await store.latest_run(pool, key))


async def require_playbook(pool: asyncpg.Pool | asyncpg.Connection, key: str) -> Playbook:
    """Find a playbook; raises UnknownPlaybook."""
    found = await store.find_playbook(pool, key)
    if found is None:
        raise UnknownPlaybook
    return found


async def list_playbooks(
    pool: asyncpg.Pool, after: str | None, state: str | None, limit: int
) -> Page[PlaybookAnswer]:
    """Give one page of playbooks by their keys; the cursor is the last key."""
    found = await store.page_of_playbooks(pool, after or "", state, limit + 1)
    items = [playbook_answer(each) for each in found[:limit]]
    return Page(items=items, next_cursor=items[-1].key if len(found) > limit else None)


def playbook_answer(playbook: Playbook, run: Run | None = None) -> PlaybookAnswer:
    """Write a playbook as it is answered."""
    document = playbook.document
    return PlaybookAnswer.model_validate(
        {
            **document,
            "audience": document.get("audience") or {},
            "caps": document.get("caps") or [],
            "budget": document.get("budget"),
            "quiet": document.get("quiet"),
            "key": playbook.playbook_key,
            "version": playbook.version,
            "state": playbook.state.value,
            "live_since": playbook.live_since,
            "created_at": playbook.created_at,
            "updated_at": playbook.updated_at,
            "warnings": warnings_of(playbook),
            "last_run": None if run is None else RunNote.model_validate(run, from_attributes=True),
        }
    )


def warnings_of(playbook: Playbook) -> list[PlaybookWarning]:
    """Tell what must be mended before a playbook may go live."""
    gaps = gaps_of(playbook.document)
    return [PlaybookWarning.model_validate(each, from_attributes=True) for each in gaps]
