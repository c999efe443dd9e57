"""A file is streamed under its own name, to whom may have it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from services.console.accounts.roles import Permission, Role
from services.console.parts.downloads import DOWNLOADS, DownloadOf, File, begun
from services.console.visiting.visit import Visit
from shared.contracts.imports import Import
from tests.unit.console.visits import browsing, stage


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


async def give(visit: Visit, name: str, source: str = "") -> File | None:
    if name == "none":
        return None
    if name == "away":
        await visit.ingest.get("/v1/nothing", Import)
    return File("九月 错误.csv", "text/csv", await begun(pieces(b"row\r\n", b"1\r\n")))


@pytest.fixture(autouse=True)
def _one_download() -> Iterator[None]:
    DOWNLOADS.append(DownloadOf("/data/tests/{name}", Permission.DATA_CHANGE, give, "test:{name}"))
    yield
    DOWNLOADS.pop()


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Role.OPS, "some", 200),
        (Role.ANALYST, "some", 403),
        (Role.OPS, "none", 404),
        (Role.OPS, "away", 502),
    ],
)
async def test_a_file_is_given_to_whom_may_have_it(role: Role, name: str, status: int) -> None:
    async with browsing(stage({}, role=role).visit) as user:
        answer = await user.http_client.get(f"/data/tests/{name}")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("some", "done"),
        ("none", "refused: no such file"),
        ("away", "refused: ServiceRefused ingest 404 unknown"),
    ],
)
async def test_who_takes_a_file_is_written_down(name: str, outcome: str) -> None:
    here = stage({}, role=Role.OPS)
    async with browsing(here.visit) as user:
        await user.http_client.get(f"/data/tests/{name}", params={"source": "till"})
    (entry,) = here.accounts.entries
    told = {"reason": "asked for on its page", "role": "ops", "source": "till"}
    assert (entry.action, entry.subject, entry.details) == ("file.taken", f"test:{name}", told)
    assert entry.actor == here.visit.person.actor
    assert here.accounts.outcomes == [outcome]


async def test_whom_no_file_is_given_left_no_entry() -> None:
    here = stage({}, role=Role.ANALYST)
    async with browsing(here.visit) as user:
        await user.http_client.get("/data/tests/some")
    assert here.accounts.entries == []


async def test_all_that_is_held_of_somebody_is_taken_under_their_name() -> None:
    here = stage({"GET /v1/customers/c-1/export": {"customer_id": "c-1"}})
    async with browsing(here.visit) as user:
        answer = await user.http_client.get("/customers/c-1/export.json")
    assert answer.json() == {"customer_id": "c-1"}
    assert [each.subject for each in here.accounts.entries] == ["customer:c-1"]


def test_a_file_has_its_own_name_in_any_letters() -> None:
    named = File("九月 错误.csv", "text/csv", pieces()).headers["Content-Disposition"]
    assert named.startswith('attachment; filename="__ __.csv"; ')
    assert named.endswith("filename*=UTF-8''%E4%B9%9D%E6%9C%88%20%E9%94%99%E8%AF%AF.csv")


async def test_what_is_read_at_once_is_given_with_the_rest() -> None:
    assert [piece async for piece in await begun(pieces(b"a", b"b"))] == [b"a", b"b"]
    assert [piece async for piece in await begun(pieces())] == [b""]
