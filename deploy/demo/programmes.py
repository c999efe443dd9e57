"""Publishes a preset with what its benefits cost, as a marketer would on the first day."""

from typing import Any

from deploy.demo.calls import Calls
from deploy.demo.jobs import POLL_S, Report, follow
from deploy.demo.names import Body

COFFEE = "coffee"
#: What one use of a benefit costs the shop: without it nobody can say what another bar would cost.
COSTS = {"birthday_drink": "15.00", "free_shipping": "6.00"}
APPROVED: Body = {
    "goal": "Show what a customer-facing programme does",
    "owner": "Demo shop",
    "approval": "Published by make run",
}


async def publish_preset(
    calls: Calls, scoring_url: str, key: str, report: Report, *, poll_s: float = POLL_S
) -> None:
    """Put a preset into force under its own key; what an earlier start did is not done again."""
    at = f"{scoring_url}/v1/programmes"
    found = await _programme(calls, at, key)
    if found is None:
        await _begin(calls, scoring_url, key)
    elif found["release"] is not None:
        report(1.0, f"{key} is in force")
        return
    job_id = await _job(calls, f"{at}/{key}/versions/1")
    await follow(calls, f"{scoring_url}/v1/jobs/{job_id}", key, report, poll_s=poll_s)


async def _programme(calls: Calls, at: str, key: str) -> dict[str, Any] | None:
    """Look a programme up in the list, which is an answer also where there is none."""
    listed = await calls.send("GET", f"{at}?drafts=true&limit=200")
    return next((item for item in listed["items"] if item["programme"] == key), None)


async def _begin(calls: Calls, scoring_url: str, key: str) -> None:
    presets = await calls.send("GET", f"{scoring_url}/v1/presets")
    (document,) = (item["document"] for item in presets["items"] if item["key"] == key)
    body: Body = {"programme": key, "document": priced(document)}
    await calls.send("POST", f"{scoring_url}/v1/programmes", body)


def priced(document: dict[str, Any]) -> dict[str, Any]:
    """Give the document with the costs of its benefits stated."""
    benefits = [
        {**each, "cost": {"amount": COSTS[each["key"]]}} if each["key"] in COSTS else each
        for each in document.get("benefits", ())
    ]
    return {**document, "benefits": benefits} if benefits else document


async def _job(calls: Calls, version_url: str) -> str:
    """Ask for the publication, unless it is under way already; give its job."""
    version = await calls.send("GET", version_url)
    if version["status"] == "publishing":
        return str(version["note"]["job_id"])
    answer = await calls.send("POST", f"{version_url}/publish", APPROVED)
    return str(answer["job_id"])
