"""Asks scoring for a value model and waits until it is there."""

import asyncio
from collections.abc import Callable
from typing import Any

from deploy.demo.calls import Calls, DemoFailed

POLL_S = 0.5
POLLS = 1200


async def train(
    calls: Calls, scoring_url: str, report: Callable[[float, str], None], *, poll_s: float = POLL_S
) -> dict[str, Any]:
    """Train on what was posted, report the progress (0 to 1) and return the finished job."""
    started = await calls.send("POST", f"{scoring_url}/v1/models/train", {})
    job_url = f"{scoring_url}/v1/jobs/{started['job_id']}"
    for _ in range(POLLS):
        job: dict[str, Any] = await calls.send("GET", job_url)
        report(float(job["progress"]), str(job.get("message") or job["status"]))
        if job["status"] == "done":
            return job
        if job["status"] == "failed":
            message = f"training failed: {job.get('message')}"
            raise DemoFailed(message)
        await asyncio.sleep(poll_s)
    message = f"training was not done after {POLLS * poll_s:.0f} s"
    raise DemoFailed(message)
