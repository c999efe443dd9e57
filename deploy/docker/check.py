"""`make compose-check`: builds the images, runs docker-compose.yml, kills parts of it, counts."""

import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from deploy.docker import environment
from deploy.docker.ledger import NET_MINOR, Ledger, LedgerBroken, posting
from deploy.docker.stack import Stack, StackFailed, await_true, find_compose

SERVICES = ("ingest", "scoring", "feedback", "console")
EVERYTHING = ("postgres", "worker", *SERVICES)
_COUNT_FACTS = Path(__file__).with_name("count_facts.sh")
_READY_S = 180.0
_RESTART_S = 60.0
_FRESH_S = 10.0
_REQUEST_S = 5.0
# Killed in the middle of posting, and posting goes on a moment after it is back.
_POSTING_S = 1.0


def main(environ: Mapping[str, str]) -> int:
    """Run the check; 0 where the compose file keeps its promises."""
    ports = environment.free_ports()
    values = environment.for_check(environ, ports)
    try:
        stack = Stack(find_compose(environ), f"tierline-check-{secrets.token_hex(3)}", values)
        with taken_down(stack):
            prove(stack, clients(values))
    except (StackFailed, LedgerBroken, httpx.HTTPError) as failure:
        say(f"FAILED: {failure}")
        return 1
    say("compose-check passed: nothing acknowledged was lost, everything was taken down")
    return 0


def prove(stack: Stack, web: Mapping[str, httpx.Client]) -> None:
    """Take every step of the check."""
    step("building the images", partial(stack.run, "build"))
    step("starting the stack", partial(stack.run, "up", "-d", "--no-build"))
    step("waiting until every service is ready", partial(await_ready, web))
    step("looking into the images", partial(inspect_images, stack))
    ledger = Ledger(web["ingest"], "compose-check-1", datetime.now(UTC))
    step("posting a receipt", partial(post_one, ledger))
    step("reading the tier", partial(await_tier, web["scoring"], ledger.customer_id))
    step("leaving feedback", partial(leave_feedback, web["feedback"], ledger.customer_id))
    password = stack.environ["CONSOLE_ADMIN_PASSWORD"]
    step("signing in at the console", partial(sign_in, web["console"], password))
    for victims in (("ingest",), ("postgres",), EVERYTHING):
        names = ", ".join(victims)
        step(f"killing {names} while receipts arrive", partial(kill, stack, victims, ledger, web))
        step(f"counting after the loss of {names}", partial(count, stack, ledger, web))
    step("opening the console with the same session", partial(open_overview, web["console"]))
    step("rebuilding the facts from the events", partial(rebuild, stack))


def post_one(ledger: Ledger) -> None:
    """Post one receipt, which must be acknowledged."""
    must(ledger.post_one(), "the receipt was not accepted")


def kill(
    stack: Stack, victims: Sequence[str], ledger: Ledger, web: Mapping[str, httpx.Client]
) -> str:
    """Kill containers while receipts arrive and wait until the stack is ready again."""
    with posting(ledger):
        time.sleep(_POSTING_S)
        begin = time.monotonic()
        started_at = {victim: stack.kill(victim) for victim in victims}
        for victim in victims:
            stack.await_restart(victim, started_at[victim], _RESTART_S)
        await_ready(web)
        back_s = time.monotonic() - begin
        time.sleep(_POSTING_S)
    return f"killed and ready again within {back_s:.1f} s"


def count(stack: Stack, ledger: Ledger, web: Mapping[str, httpx.Client]) -> str:
    """Send everything again: acknowledged must mean known, and each order counted once."""
    acknowledged, sent = len(ledger.acknowledged), ledger.sent
    ledger.reconcile()
    facts = stack.shell("postgres", _COUNT_FACTS.read_text(encoding="utf-8"))
    net = sent * NET_MINOR
    must(facts == f"{sent} {net} {net}", f"{sent} orders of {net} in all, but facts say {facts}")
    await_tier(web["scoring"], ledger.customer_id)
    return f"{acknowledged} of {sent} sent were acknowledged, 0 of those lost, 0 counted twice"


def await_ready(web: Mapping[str, httpx.Client]) -> None:
    """Wait until all services say they are ready."""
    for name, client in web.items():
        await_true(partial(is_ready, client), f"{name} is not ready", _READY_S)


def is_ready(client: httpx.Client) -> bool:
    """Ask one service."""
    try:
        return client.get("/health/ready").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def await_tier(scoring: httpx.Client, customer_id: str) -> str:
    """Read the tier of a customer who has bought: known, and fresh once the database is back."""
    answer: dict[str, Any] = {}

    def is_fresh() -> bool:
        answer.update(scoring.get(f"/v1/customers/{customer_id}/tier").json())
        return bool(answer.get("known")) and not answer["stale"]

    try:
        await_true(is_fresh, "the tier ignores the receipts", _FRESH_S)
    except StackFailed as failure:
        raise StackFailed(f"{failure}: {answer}") from None
    return f"{customer_id} is {answer['tier']['key']}"


def leave_feedback(feedback: httpx.Client, customer_id: str) -> str:
    """Leave feedback: the tier held comes from scoring, so the services know each other."""
    body = {"kind": "csat", "rating": 5, "customer": {"customer_id": customer_id}}
    answer = feedback.post("/v1/feedback", json=body).raise_for_status().json()
    must(answer["is_tier_known"], f"feedback could not ask scoring for the tier: {answer}")
    return f"held {answer['tier_held']['tier']['key']}"


def sign_in(console: httpx.Client, password: str) -> None:
    """Sign in as admin the way a browser does, and see the first page."""
    page = console.get("/login").raise_for_status().text
    found = re.search(r'name="form" value="([^"]+)"', page)
    form = {"form": found[1] if found else "", "name": "admin", "password": password}
    origin = str(console.base_url).rstrip("/")
    entered = console.post("/login", data=form, headers={"Origin": origin})
    must(
        entered.status_code == httpx.codes.SEE_OTHER,
        f"the console refuses admin and the password of the settings: {entered.status_code}",
    )
    open_overview(console)


def open_overview(console: httpx.Client) -> None:
    """Open the first page: whoever has no session is sent to sign in."""
    shown = console.get("/", headers={"Accept": "text/html"})
    must(
        shown.status_code == httpx.codes.OK,
        f"the console's first page answers {shown.status_code}",
    )


def rebuild(stack: Stack) -> None:
    """Let the worker's command line recompute the facts and compare."""
    done = stack.shell("worker", "tierline rebuild --check")
    must(done is not None, "the facts are not what the events say")


def inspect_images(stack: Stack) -> None:
    """Services do not run as root, and only scoring carries the machine-learning packages."""
    for name in SERVICES:
        must(stack.shell(name, "id -u") not in {None, "0"}, f"{name} runs as root")
        has_sklearn = stack.shell(name, "python -c 'import sklearn'") is not None
        must(has_sklearn == (name == "scoring"), f"{name}: scikit-learn present: {has_sklearn}")


def step(title: str, act: Callable[[], object]) -> None:
    """Say what is done, do it, say what was seen and how long it took."""
    say(f"{title} ...")
    begin = time.monotonic()
    seen = act()
    remark = f"{seen}, " if isinstance(seen, str) and seen else ""
    say(f"  ok ({remark}{time.monotonic() - begin:.1f} s)")


def must(holds: bool, complaint: str) -> None:  # noqa: FBT001 - an assertion with words
    """Raise StackFailed with the complaint unless it holds."""
    if not holds:
        raise StackFailed(complaint)


def say(line: str) -> None:
    """Write a line of progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def clients(values: Mapping[str, str]) -> dict[str, httpx.Client]:
    """Make a client for each service, with the admin key."""
    headers = {"Authorization": f"Bearer {values['TIERLINE_ADMIN_KEY']}"}
    return {
        name: httpx.Client(
            base_url=f"http://127.0.0.1:{values[port]}",
            headers=headers,
            timeout=_REQUEST_S,
            trust_env=False,
        )
        for name, port in zip(SERVICES, environment.PORTS, strict=True)
    }


@contextmanager
def taken_down(stack: Stack) -> Iterator[None]:
    """Remove the stack however the block ends; show its logs where it failed."""
    try:
        yield
    except BaseException:
        say(stack.logs())
        raise
    finally:
        say("taking everything down ...")
        stack.remove()


def _end_cleanly(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end_cleanly)
    sys.exit(main(os.environ))
