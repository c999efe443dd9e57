"""Sets up what the demo shop does about its customers; what an earlier start did stays as it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from deploy.demo import cared
from deploy.demo.asked import SURVEY, answers, survey_body
from deploy.demo.calls import Calls, drain
from deploy.demo.jobs import POLL_S, follow
from deploy.demo.names import Body
from deploy.demo.population import population
from deploy.demo.spec import ShopSpec

IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class Care:
    """One shop's dealings with feedback; each call can be made again and adds what is missing."""

    calls: Calls
    feedback_url: str
    spec: ShopSpec

    async def ask(self) -> int:
        """Open the survey, invite customers and answer for them; return how many answered."""
        await self._add("surveys", [survey_body()])
        at = f"{self.feedback_url}/v1/surveys"
        await self.calls.send("POST", f"{at}/{SURVEY}/open")
        given = dict(answers(self.spec, population(self.spec)))
        before = await self.calls.send("GET", f"{at}/{SURVEY}/responses?limit=200")
        # Who has answered would be given a new link.
        silent = [who for who in given if who not in {r["customer_id"] for r in before["items"]}]
        if not silent:
            return len(before["items"])
        body: Body = {"customers": silent}
        invited = await self.calls.send("POST", f"{at}/{SURVEY}/invitations", body)

        async def answer(item: dict[str, Any]) -> None:
            if (said := given[item["customer_id"]]) is not None:
                await self.calls.send("POST", f"{at}/answer/{quote(item['token'])}", said)

        await drain(invited["items"], answer, workers=IN_FLIGHT)
        return sum(said is not None for said in given.values())

    async def tend(self) -> None:
        """Make the offer, write the playbooks, hold some out by an experiment, and begin."""
        await self._add("offers", [cared.offer_body()])
        presets = await self.calls.send("GET", f"{self.feedback_url}/v1/playbooks/presets")
        documents = {item["key"]: item["document"] for item in presets["items"]}
        bodies = [cared.playbook_body(key, documents[key]) for key in cared.PLAYBOOKS]
        await self._add("playbooks", bodies)
        # Before the first task is made: who is held out must not be called.
        await self._add("experiments", [cared.experiment_body()])
        at = f"{self.feedback_url}/v1/experiments/{cared.EXPERIMENT}"
        if (await self.calls.send("GET", at))["state"] == "draft":
            await self.calls.send("POST", f"{at}/start")
        for body in bodies:
            await self._begin(body)

    async def note(self) -> None:
        """Set the targets, and tell of calls and of answers to the offer."""
        at = f"{self.feedback_url}/v1"
        known = await self.calls.send("GET", f"{at}/kpis/targets?limit=200")
        there = {(item["kpi"], item["period"]) for item in known["items"]}
        for body in cared.target_bodies(self.spec):
            if (body["kpi"], body["period"]) not in there:
                await self.calls.send("PUT", f"{at}/kpis/targets", body)
        responses = f"{at}/offers/{cared.OFFER}/responses"
        await self._post(f"{at}/interactions", cared.call_bodies(self.spec))
        await self._post(responses, cared.offer_answers(self.spec))

    async def review(self, *, poll_s: float = POLL_S) -> None:
        """Count the past in the KPIs now, not tonight, and ask for a review of the quarter."""
        at = f"{self.feedback_url}/v1"
        job = await self.calls.send("POST", f"{at}/kpis/rebuild")
        await follow(
            self.calls, f"{at}/jobs/{job['job_id']}", "counting KPIs", _quiet, poll_s=poll_s
        )
        if not (await self.calls.send("GET", f"{at}/reviews"))["items"]:
            await self.calls.send("POST", f"{at}/reviews", {"quarter": cared.quarter(self.spec)})

    async def _begin(self, body: Body) -> None:
        """Let a playbook go live, once, and look at its audience now where it may."""
        key = body["key"]
        at = f"{self.feedback_url}/v1/playbooks/{key}"
        found = await self.calls.send("GET", at)
        if found["state"] == "draft":
            live = {name: value for name, value in body.items() if name != "key"}
            live["state"] = "live"
            await self.calls.send("PUT", at, live, version=found["version"])
        if key in cared.RUN and found["last_run"] is None:
            await self.calls.send("POST", f"{at}/run", {"reason": "First day of the demo shop"})

    async def _add(self, room: str, bodies: Iterable[Body]) -> None:
        """Post the documents whose key is not there."""
        at = f"{self.feedback_url}/v1/{room}"
        known = {item["key"] for item in (await self.calls.send("GET", f"{at}?limit=200"))["items"]}
        for body in bodies:
            if body["key"] not in known:
                await self.calls.send("POST", at, body)

    async def _post(self, url: str, bodies: Iterable[Body]) -> None:
        async def post(body: Body) -> None:
            await self.calls.send("POST", url, body)

        await drain(bodies, post, workers=IN_FLIGHT)


def _quiet(done: float, words: str) -> None:
    """Report nothing: it takes a second."""
