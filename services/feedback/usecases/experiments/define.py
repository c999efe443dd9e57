"""Write experiments, start and stop them; who is in which arm never changes by that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any, Final

import asyncpg

from services.feedback.domain.experiments.experiment import (
    Experiment,
    State,
    changes_refused,
    end_behind,
    faults_of,
    shares_of,
)
from services.feedback.domain.fault import DocumentFault
from services.feedback.queries.experiments import documents
from services.feedback.queries.experiments.documents import Start
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.errors import (
    ExperimentChanged,
    ExperimentExists,
    ExperimentOver,
    ExperimentRuns,
    SubjectTaken,
    UnknownExperiment,
)
from services.feedback.usecases.experiments.population import population_of
from services.feedback.usecases.refuse import refuse
from shared.audit import Note, note
from shared.problem import FieldFault, Kind, Problem

_BREAKS: Final = "The experiment breaks rules: see errors for each place and what to write there."
_RUNS: Final = Kind(409, "experiment_runs", "The experiment runs")


@dataclass(frozen=True, slots=True)
class Draft:
    """An experiment as somebody writes it; `based_on`: the version they read (If-Match)."""

    key: str
    document: Mapping[str, Any]
    actor: str
    based_on: int | None = None


async def create_experiment(
    connection: asyncpg.Connection, draft: Draft, now: datetime
) -> Experiment:
    """Make a new draft; raises ExperimentExists and Problem 422 with the faults."""
    refuse([*faults_of(draft.document), *end_behind(draft.document, now)], _BREAKS)
    made = await documents.add_experiment(connection, draft.key, draft.document, now)
    if made is None:
        raise ExperimentExists
    await _note(connection, draft.actor, "experiment.written", made, now)
    return made


async def change_experiment(desk: Desk, draft: Draft) -> tuple[Experiment, bool]:
    """Write an experiment, and tell whether it is new.

    Raises ExperimentChanged, ExperimentOver, Problem 409 for what may not change while it runs,
    and Problem 422 with the faults.
    """
    now = desk.clock.now()
    async with desk.pool.acquire() as connection, connection.transaction():
        before = await documents.hold_experiment(connection, draft.key)
        if draft.based_on != (None if before is None else before.version):
            raise ExperimentChanged
        if before is None:
            return await create_experiment(connection, draft, now), True
        if before.document == draft.document:
            return before, False
        refuse(list(faults_of(draft.document)), _BREAKS)
        _refuse_changes(before, draft.document)
        if draft.document.get("ends_at") != before.document.get("ends_at"):
            refuse(list(end_behind(draft.document, now)), _BREAKS)
        is_shared_anew = shares_of(draft.document) != before.shares
        since = now if is_shared_anew and before.state is State.RUNNING else before.shares_since
        written = await documents.write_experiment(
            connection, draft.key, draft.document, shares_since=since, at=now
        )
        await _note(connection, draft.actor, "experiment.written", written, now)
        return written, False


def _refuse_changes(before: Experiment, document: Mapping[str, Any]) -> None:
    if before.state is State.ENDED:
        raise ExperimentOver
    if before.state is State.RUNNING and (faults := list(changes_refused(before, document))):
        errors = [FieldFault(each.pointer, each.code, each.message) for each in faults]
        raise Problem(_RUNS, str(ExperimentRuns()), errors=errors)


async def start(desk: Desk, key: str, actor: str) -> Experiment:
    """Draw a salt and share people out from now on; one that runs stays as it is.

    Whom it can meet is counted now, once: sequential intervals are tuned to it.

    Raises UnknownExperiment, ExperimentOver, SubjectTaken, and Problem 422 where what it is about
    is not there, or where it would be over at once.
    """
    now = desk.clock.now()
    async with desk.pool.acquire() as connection, connection.transaction():
        before = await _held(connection, key)
        if before.state is State.RUNNING:
            return before
        if before.state is State.ENDED:
            raise ExperimentOver
        faults = [*await _missing(connection, before), *end_behind(before.document, now)]
        refuse(faults, _BREAKS)
        size = await population_of(connection, before, now, desk.zone)
        try:
            begun = Start(token_hex(8), size, now)
            started = await documents.start_experiment(connection, key, begun)
        except asyncpg.UniqueViolationError as error:
            raise SubjectTaken from error
        await _note(connection, actor, "experiment.started", started, now)
        return started


async def stop(desk: Desk, key: str, actor: str) -> Experiment:
    """End an experiment: nobody is held out any more; one that has ended stays as it is.

    Raises UnknownExperiment. A draft ends without ever having run.
    """
    async with desk.pool.acquire() as connection, connection.transaction():
        before = await _held(connection, key)
        if before.state is State.ENDED:
            return before
        now = desk.clock.now()
        stopped = await documents.stop_experiment(connection, key, now)
        await _note(connection, actor, "experiment.stopped", stopped, now)
        return stopped


async def _note(
    connection: asyncpg.Connection, actor: str, action: str, made: Experiment, at: datetime
) -> None:
    details = {"version": made.version}
    await note(connection, Note(actor, action, made.experiment_key, details), at=at)


async def require_experiment(pool: asyncpg.Pool, key: str) -> Experiment:
    """Give an experiment; raises UnknownExperiment."""
    found = await documents.find_experiment(pool, key)
    if found is None:
        raise UnknownExperiment
    return found


async def list_experiments(
    pool: asyncpg.Pool, after: str | None, limit: int
) -> tuple[list[Experiment], str | None]:
    """Give a page of experiments by their keys, and where the next one begins."""
    found = await documents.page_of_experiments(pool, after or "", limit + 1)
    items = found[:limit]
    return items, items[-1].experiment_key if len(found) > limit else None


async def _held(connection: asyncpg.Connection, key: str) -> Experiment:
    found = await documents.hold_experiment(connection, key)
    if found is None:
        raise UnknownExperiment
    return found


async def _missing(connection: asyncpg.Connection, found: Experiment) -> list[DocumentFault]:
    """Tell what an experiment refers to and is not there."""
    faults = []
    about = found.document["about"]
    if found.segment is not None and not await documents.is_segment(connection, found.segment):
        faults.append(DocumentFault("/segment", "unknown", "There is no segment of this key."))
    if about["kind"] == "playbook" and not await documents.is_playbook(connection, about["key"]):
        faults.append(DocumentFault("/about/key", "unknown", "There is no playbook of this key."))
    if about["kind"] in {"benefit", "tier"}:
        faults += await _missing_in_programme(connection, about)
    return faults


async def _missing_in_programme(
    connection: asyncpg.Connection, about: Mapping[str, Any]
) -> list[DocumentFault]:
    live = await documents.live_programme(connection, about["programme"])
    if live is None:
        words = "No programme of this key is live."
        return [DocumentFault("/about/programme", "unknown", words)]
    part = "benefits" if about["kind"] == "benefit" else "tiers"
    if about["key"] in {each["key"] for each in live.get(part, ())}:
        return []
    words = f"The live version of the programme has no {about['kind']} of this key."
    return [DocumentFault("/about/key", "unknown", words)]
