"""What pages ask of experiments: what is tried on whom, and what came of it."""

from collections.abc import Mapping
from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.clients.transport import Call
from shared.contracts.common import Page
from shared.contracts.experiments import (
    ExperimentAnswer,
    ExposureItem,
    PlanAnswer,
    ResultAnswer,
)


def experiment_path(key: str) -> str:
    """Give the address of an experiment at feedback."""
    return f"/v1/experiments/{quote(key, safe='')}"


async def list_experiments(visit: Visit, cursor: str | None, limit: int) -> Page[ExperimentAnswer]:
    """Give a page of experiments."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/experiments", Page[ExperimentAnswer], query)


async def one_experiment(visit: Visit, key: str) -> ExperimentAnswer:
    """Give one experiment."""
    return await visit.feedback.get(experiment_path(key), ExperimentAnswer)


async def experiment_result(visit: Visit, key: str) -> ResultAnswer:
    """Give what came of an experiment, as of the end of yesterday."""
    return await visit.feedback.get(f"{experiment_path(key)}/result", ResultAnswer)


async def list_exposures(
    visit: Visit, key: str, arm: str | None, cursor: str | None, limit: int
) -> Page[ExposureItem]:
    """Give a page of who met an experiment."""
    query = {"arm": arm, "cursor": cursor, "limit": limit}
    return await visit.feedback.get(f"{experiment_path(key)}/exposures", Page[ExposureItem], query)


async def plan_of(visit: Visit, asked: Mapping[str, object]) -> PlanAnswer:
    """Tell which effects so many days can show; `asked` is as feedback takes it."""
    call = Call("POST", "/v1/experiments/plan", dict(asked))
    return await visit.feedback.ask(call, PlanAnswer)
