"""What a draft would do: how it is asked, and what comes of it."""

from typing import Final

from pydantic import Field, JsonValue

from shared.contracts.jobs import JobStatus
from shared.wire import ReplyModel, WireModel

EXAMPLE_SIMULATION: Final = {"months": 12, "seed": 1}


class SimulationRequest(WireModel):
    """Over how many past months customers are counted, and the seed of what is drawn."""

    months: int = Field(default=12, ge=1, le=60)
    seed: int = Field(default=1, ge=0, le=2**31)


class SimulationAnswer(ReplyModel):
    """How far a simulation is; `result` when it is done.

    The result tells tiers at the end of the business date as though the version had always been in
    force: customers per tier and month, the migration from the tiers of today, who would hold a
    lower one, what publishing does to whom at once and with what comes next (`published`; null for
    a first version), what benefits come to, how much of later spend the top tier held, and whether
    buying more ever hurts.
    """

    job_id: str
    status: JobStatus
    progress: float
    message: str
    result: dict[str, JsonValue] | None = None
