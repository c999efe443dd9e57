"""The demo shop against real services: every list of feedback shows something, played twice too."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.demo.play import play
from deploy.demo.spec import ShopSpec
from tests.runner import Runner, four_free_ports, running

#: A path is asked with `?limit=200`; each answers {"items": [...]}.
LISTS = (
    "feedback",
    "cases",
    "surveys",
    "surveys/autumn-visit/responses",
    "interactions",
    "offers",
    "offers/welcome-back/responses",
    "playbooks",
    "tasks",
    "experiments",
    "experiments/vip-call/exposures",
    "kpis/targets",
    "reviews",
    "care/frequency-drops",
    "care/win-back",
    "customers/demo-00001/timeline",
)
CUSTOMERS = 300
#: Work of the worker, which goes on after the play.
WITHIN_S = 60


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with running(tmp_path_factory.mktemp("demo"), four_free_ports()) as started:
        started.wait_ready(120)
        yield started


async def _played(stack: Runner, spec: ShopSpec, *, is_resumed: bool) -> int:
    env = stack.env
    summary = await play(
        ingest_url=env["INGEST_URL"],
        scoring_url=env["SCORING_URL"],
        feedback_url=env["FEEDBACK_URL"],
        key=env["TIERLINE_ADMIN_KEY"],
        now=spec.now,
        customers=spec.customers,
        is_resumed=is_resumed,
    )
    return summary.survey_answers


class Feedback(httpx.Client):
    """Somebody who looks into feedback."""

    def __init__(self, stack: Runner) -> None:
        super().__init__(
            base_url=f"{stack.env['FEEDBACK_URL']}/v1/",
            headers={"Authorization": f"Bearer {stack.env['TIERLINE_ADMIN_KEY']}"},
            timeout=10,
            trust_env=False,
        )

    def listed(self, path: str) -> list[dict[str, Any]]:
        answer = self.get(path, params={"limit": 200}).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def listed_soon(self, path: str) -> list[dict[str, Any]]:
        deadline = time.monotonic() + WITHIN_S
        while not (found := self.listed(path)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found


@pytest.mark.slow
async def test_every_list_shows_something_and_a_second_play_adds_nothing(stack: Runner) -> None:
    spec = ShopSpec(now=datetime.now(UTC), customers=CUSTOMERS)
    answered = await _played(stack, spec, is_resumed=False)
    with Feedback(stack) as feedback:
        empty = [path for path in LISTS if not feedback.listed_soon(path)]
        assert empty == []
        reach = feedback.get("surveys/autumn-visit/results").json()["by_tier"]
        assert len({each["tier_held"]["tier"]["key"] for each in reach}) == 3
        assert any(each["response_rate"] for each in reach)
        before = _counts(feedback)
        assert await _played(stack, spec, is_resumed=True) == answered
        assert _counts(feedback) == before


def _counts(feedback: Feedback) -> dict[str, int]:
    """Count what a play posts; tasks are the worker's."""
    mine = [path for path in LISTS if path.split("/")[0] not in {"tasks", "care", "customers"}]
    return {path: len(feedback.listed(path)) for path in mine}
