"""Waits for a background job of scoring."""

import asyncio
from collections.abc import Callable
from typing import Any

from deploy.demo.calls import Calls, DemoFailed

POLL_S = 0.5
POLLS = 1200
Report = Callable[[float, str], None]


async def follow(
    calls: Calls, job_url: str, what: str, report: Report, *, poll_s: float = POLL_S
) -> dict[str, Any]:
    """Report a job's progress (0 to 1) until it is done, and return it; raises DemoFailed."""
    for _ in range(POLLS):
        job: dict[str, Any] = await calls.send("GET", job_url)
        report(float(job["progress"]), str(job.get("message") or job["status"]))
        if job["status"] == "done":
            return job
        if job["status"] == "failed":
            message = f"{what} failed: {job.get('message')}"
            raise DemoFailed(message)
        await asyncio.sleep(poll_s)
    message = f"{what} was not done after {POLLS * poll_s:.0f} s"
    raise DemoFailed(message)
