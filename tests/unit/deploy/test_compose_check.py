"""The parts of `make compose-check` that need no container."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from deploy.docker.check import sign_in
from deploy.docker.environment import for_check, new_secrets
from deploy.docker.health import ready_url
from deploy.docker.ledger import Ledger, LedgerBroken, posting, receipt_of
from deploy.docker.stack import StackFailed, await_true, find_compose
from shared.keys import is_key
from shared.secrets import Secrets

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass
class FakeIngest:
    """Keeps receipts by their number, and can lose them or be away."""

    kept: set[int] = field(default_factory=set)
    forgets: bool = False
    status: int = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return httpx.Response(self.status, json={"title": "refused"})
        numbers = {r["sequence_number"] for r in _receipts(request)}
        new = numbers - self.kept
        if not self.forgets:
            self.kept |= new
        return httpx.Response(
            200, json={"accepted": len(new), "duplicates": len(numbers) - len(new)}
        )


def _receipts(request: httpx.Request) -> list[dict[str, Any]]:
    import json

    found: list[dict[str, Any]] = json.loads(request.content)["receipts"]
    return found


def make_ledger(ingest: FakeIngest) -> Ledger:
    client = httpx.Client(transport=httpx.MockTransport(ingest), base_url="http://ingest")
    return Ledger(client, "c-1", NOW)


def test_everything_acknowledged_and_kept_reconciles() -> None:
    ledger = make_ledger(FakeIngest())
    assert all(ledger.post_one() for _ in range(3))
    ledger.reconcile()


def test_acknowledged_receipt_that_is_gone_is_reported() -> None:
    ledger = make_ledger(FakeIngest(forgets=True))
    ledger.post_one()
    with pytest.raises(LedgerBroken, match="'accepted': 1"):
        ledger.reconcile()


def test_unacknowledged_receipt_may_be_known_or_not() -> None:
    ingest = FakeIngest(kept={2})
    ledger = make_ledger(ingest)
    ledger.sent = 2
    ledger.reconcile()
    assert ingest.kept == {1, 2}


def test_server_that_is_away_acknowledges_nothing() -> None:
    ledger = make_ledger(FakeIngest(status=503))
    assert not ledger.post_one()
    assert ledger.acknowledged == set()


def test_good_receipt_refused_ends_the_posting_with_the_reason() -> None:
    ledger = make_ledger(FakeIngest(status=422))
    with pytest.raises(LedgerBroken, match="422"), posting(ledger):
        pass


def test_receipt_is_the_same_for_the_same_number() -> None:
    assert receipt_of("c-1", 7, NOW) == receipt_of("c-1", 7, NOW)
    assert receipt_of("c-1", 7, NOW) != receipt_of("c-1", 8, NOW)


def test_secrets_made_for_an_operator_are_of_the_right_form() -> None:
    made = new_secrets()
    Secrets.from_hex(made["TIERLINE_SECRET_KEY"])
    assert is_key(made["TIERLINE_ADMIN_KEY"])
    assert is_key(made["TIERLINE_SERVICE_KEY"])
    assert made["TIERLINE_ADMIN_KEY"] != made["TIERLINE_SERVICE_KEY"]
    assert made["POSTGRES_PASSWORD"].isalnum()


def test_check_never_takes_secrets_or_clock_of_the_operator() -> None:
    operator = {"POSTGRES_PASSWORD": "theirs", "BUSINESS_NOW": "1997-01-01", "PATH": "/bin"}
    values = for_check(operator, {"INGEST_PORT": 4001})
    assert values["POSTGRES_PASSWORD"] != "theirs"
    assert values["BUSINESS_NOW"] == ""
    assert (values["PATH"], values["INGEST_PORT"]) == ("/bin", "4001")


def test_compose_command_of_the_operator_is_taken_as_a_shell_would() -> None:
    chosen = find_compose({"COMPOSE": "podman-compose --podman-build-args='--network host'"})
    assert chosen == ("podman-compose", "--podman-build-args=--network host")


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"SERVICE": "ingest"}, "http://127.0.0.1:8001/health/ready"),
        ({"SERVICE": "feedback"}, "http://127.0.0.1:8003/health/ready"),
        ({"SERVICE": "scoring", "SCORING_PORT": "9"}, "http://127.0.0.1:9/health/ready"),
    ],
)
def test_health_check_asks_the_port_of_its_service(environ: dict[str, str], url: str) -> None:
    assert ready_url(environ) == url


def fake_console(request: httpx.Request) -> httpx.Response:
    """Lets in who sends the right password from a page of its own."""
    if request.url.path == "/":
        is_in = "tierline_session=s" in request.headers.get("cookie", "")
        return httpx.Response(200 if is_in else 302)
    if request.method == "GET":
        return httpx.Response(200, text='<input type="hidden" name="form" value="token">')
    is_right = request.content == b"form=token&name=admin&password=right"
    if is_right and request.headers["origin"] == "http://console:1":
        return httpx.Response(303, headers={"Set-Cookie": "tierline_session=s"})
    return httpx.Response(401)


def console_client() -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(fake_console), base_url="http://console:1/")


def test_signing_in_sends_what_a_browser_sends() -> None:
    sign_in(console_client(), "right")


def test_console_that_does_not_let_admin_in_fails_the_check() -> None:
    with pytest.raises(StackFailed, match="401"):
        sign_in(console_client(), "wrong")


def test_waiting_ends_when_it_holds() -> None:
    asked = count()
    await_true(lambda: next(asked) == 1, "never", timeout_s=5)


def test_waiting_ends_with_the_complaint_after_its_time() -> None:
    with pytest.raises(StackFailed, match="ingest is not ready"):
        await_true(lambda: False, "ingest is not ready", timeout_s=0)
