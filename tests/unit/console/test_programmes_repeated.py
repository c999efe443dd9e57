"""What is asked of a programme again, for no answer came the first time, is the same deed."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction
from typing_extensions import override

from services.console.pages.programmes.simulating import Once
from tests.unit.console.test_programmes_editing import JOB, PATH, answers, version
from tests.unit.console.visits import Stage, browsing, stage

RELEASED = {"programme": "tea", "version": 1, "release": "r-1", "model_version": None}
LEFT = {"from_version": 2, "from_release": "r-2", "job_id": JOB}
PUBLISHED = {"programme": "tea", "version": 2, "job_id": None, "changes": []}
LOST = (500, {"detail": "no answer came"})


class LostOnce(dict[str, Any]):
    """Answers of services; the first one to a call is lost."""

    def __init__(self, call: str, found: dict[str, Any]) -> None:
        super().__init__(found)
        self._call, self._first = call, [LOST]

    @override
    def get(self, call: str, otherwise: Any = None) -> Any:
        is_lost = call == self._call and self._first
        return self._first.pop() if is_lost else super().get(call, otherwise)


def keys_of(here: Stage, call: str) -> list[str]:
    sent = [each for each in here.asked if f"{each.method} {each.url.path}" == call]
    return [each.headers["Idempotency-Key"] for each in sent]


def newest(user: User, words: str) -> UserInteraction[ui.button]:
    """Find the button that was laid out last: that of an open dialog."""
    found = user.find(kind=ui.button, content=words).elements
    return UserInteraction(user, {max(found, key=lambda button: button.id)}, None)


@pytest.mark.parametrize(
    ("page", "button", "typed", "call", "answer"),
    [
        pytest.param("", "Roll back", "Why?", "rollback", RELEASED | LEFT, id="rollback"),
        pytest.param(
            "/versions/2", "Publish", "Goal", "versions/2/publish", PUBLISHED, id="publication"
        ),
    ],
)
async def test_a_dialog_confirmed_again_asks_under_one_key(
    page: str, button: str, typed: str, call: str, answer: dict[str, Any]
) -> None:
    call = f"POST {PATH}/{call}"
    kept = [version(n, status="published") for n in (1, 0)]  # in force, and before it
    listed = {"items": [version(2), *kept], "next_cursor": None}
    changes = {call: answer, f"GET {PATH}/versions": listed}
    here = stage(LostOnce(call, answers(**changes)))
    async with browsing(here.visit) as user:
        await user.open(f"/programmes/tea{page}")
        user.find(kind=ui.button, content=button).click()
        await user.should_see("Why?")
        user.find("Why?").type("agreed with finance")
        for told in ("no answer came", "Done"):
            user.find(typed).type("too few came back. ")
            newest(user, button).click()
            await user.should_see(told)
    first, again = keys_of(here, call)
    assert first == again


@pytest.mark.parametrize("lost", ["versions", "versions/3/simulate"])
async def test_a_question_asked_again_is_about_the_same_draft_and_simulation(lost: str) -> None:
    here = stage(LostOnce(f"POST {PATH}/{lost}", answers()))
    async with browsing(here.visit) as user:
        await user.open("/programmes/tea")
        user.find(marker="what-if-gold-spend").clear().type("4000")
        for told in ("no answer came", "would lift one customer"):
            user.find(kind=ui.button, content="What would it do?").click()
            await user.should_see(told, retries=20)
    for call in (f"POST {PATH}/versions", f"POST {PATH}/versions/3/simulate"):
        assert len(set(keys_of(here, call))) == 1


def test_a_deed_that_is_over_may_be_done_anew() -> None:
    once = Once()
    first = once.key_of("simulate 3")
    assert once.key_of("simulate 3") == first != once.key_of("simulate 4")
    once.end("simulate 3")
    assert once.key_of("simulate 3") != first
