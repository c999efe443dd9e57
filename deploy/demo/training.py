"""Asks scoring for a value model and waits until it is there."""

from typing import Any

from deploy.demo.calls import Calls
from deploy.demo.jobs import POLL_S, Report, follow


async def train(
    calls: Calls, scoring_url: str, report: Report, *, poll_s: float = POLL_S
) -> dict[str, Any]:
    """Train on what was posted, report the progress (0 to 1) and return the finished job."""
    started = await calls.send("POST", f"{scoring_url}/v1/models/train", {})
    job_url = f"{scoring_url}/v1/jobs/{started['job_id']}"
    return await follow(calls, job_url, "training", report, poll_s=poll_s)
