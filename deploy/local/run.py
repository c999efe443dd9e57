"""The order of things in `make run`: home, Postgres, schema, services, demo shop, ready."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from zoneinfo import ZoneInfo

from deploy.local.cluster import prepare_cluster
from deploy.local.database import create_database, require_reachable
from deploy.local.demo import Stage, due_demo, load_demo
from deploy.local.errors import StartRefused
from deploy.local.home import (
    CONSOLE_PASSWORD,
    PASSWORD,
    PORT,
    Home,
    exclusive,
    home_of,
    load_secrets,
    make_home,
    read_env,
    write_env,
)
from deploy.local.nights import Nights
from deploy.local.output import set_aside_large_log
from deploy.local.ports import Addresses, addresses_of, free_port, require_free
from deploy.local.postgres import PostgresServer
from deploy.local.programs import find_programs
from deploy.local.records import stop_remembered
from deploy.local.sizing import machine_memory_bytes, memory_settings
from deploy.local.sourced import DATABASE, without_own
from deploy.local.stack import (
    SERVICES,
    Stack,
    keep_postgres_alive,
    kill_children,
    start_children,
    stop_stack,
    wait_live,
    watch,
)
from deploy.migrate import migrate

EXAMPLE_CUSTOMER = "demo-00001"


def main(environ: Mapping[str, str] | None = None) -> int:
    """Run in the foreground until Ctrl-C or SIGTERM; give the exit code."""
    environ = os.environ if environ is None else environ
    try:
        home = home_of(environ)
        make_home(home)
        with exclusive(home):
            asyncio.run(_run(home, without_own(environ, read_env(home.env_file))))
    except StartRefused as refusal:
        sys.stderr.write(f"Tierline did not start: {refusal}\n")
        return 1
    return 0


async def _run(home: Home, environ: Mapping[str, str]) -> None:
    stack = Stack(home, addresses_of(environ), say)
    serving = asyncio.create_task(_serve(stack, environ))
    _stop_on_signals(stack, serving)
    try:
        await serving
    except asyncio.CancelledError:
        say("Stopping ...")
    finally:
        await stop_stack(stack)
    say("Tierline has stopped")


async def _serve(stack: Stack, environ: Mapping[str, str]) -> None:
    started_at = time.monotonic()
    for name in stop_remembered(stack.home.processes):
        say(f"stopped {name}, left over from an earlier start")
    require_free(stack.addresses)
    values = load_secrets(stack.home)
    values |= {name: environ[name] for name in values if environ.get(name)}
    values |= stack.addresses.variables()
    values["DATABASE_URL"] = environ.get("DATABASE_URL") or await _start_postgres(stack, values)
    write_env(stack.home.env_file, values)
    await require_reachable(values["DATABASE_URL"])
    await migrate(values["DATABASE_URL"], values)
    given = child_environ(environ, stack.home, values)
    if environ.get("DEMO", "1") != "0":
        await _play_demo(stack, values, environ, given)
    await _start_all(stack, given)
    for line in ready_lines(stack.addresses, values, time.monotonic() - started_at):
        say(line)
    await watch(stack)


async def _play_demo(
    stack: Stack,
    values: Mapping[str, str],
    environ: Mapping[str, str],
    given: Mapping[str, str],
) -> None:
    """Play the demo shop, if one is due, on the services that its past needs."""
    demo = await due_demo(stack.home.demo_file, values, environ)
    if demo is None:
        return
    nights = Nights(stack, given)
    if not demo.nights:
        nights.begin()  # while the first and longest part of the history is posted
    start_children(stack, given, ("ingest",))
    await wait_live(stack)

    async def wake() -> None:
        await nights.end()
        await _start_all(stack, given)

    zone = ZoneInfo(environ.get("BUSINESS_TIME_ZONE") or "UTC")
    stage = Stage(stack.addresses, values["TIERLINE_ADMIN_KEY"], zone, nights, wake)
    failure = await load_demo(stack.home.demo_file, demo, stage)
    await nights.end()
    if failure:
        say(f"The demo shop is incomplete, the next make run goes on with it: {failure}")


async def _start_all(stack: Stack, given: Mapping[str, str]) -> None:
    """Start what does not run yet, and wait until every service answers."""
    start_children(stack, given)
    await wait_live(stack)


async def _start_postgres(stack: Stack, values: dict[str, str]) -> str:
    """Start the embedded server on the port it had, else a free one; give the database's address.

    Blocks the loop until initdb is done, for processes must be started by the main thread.
    """
    home, programs = stack.home, find_programs(os.environ)
    log_file = home.logs / "postgres.log"
    set_aside_large_log(log_file)
    values[PORT] = str(free_port(int(values.get(PORT, "0"))))
    write_env(home.env_file, values)  # before there is data that only this password opens
    cluster = prepare_cluster(home.data_dir, programs, values[PASSWORD])
    settings = memory_settings(machine_memory_bytes())
    stack.server = server = PostgresServer(cluster, log_file, values[PASSWORD], settings)
    server.start(int(values[PORT]))
    stack.tasks.append(asyncio.create_task(keep_postgres_alive(server, say), name="postgres"))
    await create_database(server.url("postgres"), DATABASE)
    return server.url(DATABASE)


def child_environ(
    environ: Mapping[str, str], home: Home, values: Mapping[str, str]
) -> dict[str, str]:
    """Give the services our environment, the home's values, and nothing of the embedded server."""
    own = {name: value for name, value in values.items() if name not in {PASSWORD, PORT}}
    # No balancer stands before the services of one machine: Ctrl-C need not wait for one.
    drains = {f"{name.upper()}_DRAIN_S": "0" for name in SERVICES}
    fixed = {"TIERLINE_HOME": str(home.directory), "PYTHONUNBUFFERED": "1"}
    return {**drains, **environ, **own, **fixed}


def ready_lines(addresses: Addresses, values: Mapping[str, str], took_s: float) -> list[str]:
    """Give the lines a start ends with: ready, where, and a command that works when pasted."""
    tier = f"{addresses.url('scoring')}/v1/customers/{EXAMPLE_CUSTOMER}/tier"
    return [
        "Tierline is ready",
        f"  console  {addresses.url('console')} (admin, password {values[CONSOLE_PASSWORD]})",
        *(f"  {name:<9}{addresses.url(name)}/docs" for name in ("ingest", "scoring", "feedback")),
        f"  started in {took_s:.1f} s; Ctrl-C stops everything; try:",
        f'  curl -s -H "Authorization: Bearer {values["TIERLINE_ADMIN_KEY"]}" {tier}',
    ]


def say(text: str) -> None:
    """Write a line to the terminal at once."""
    with suppress(BrokenPipeError):  # whoever read our output may have gone; we serve on
        os.write(sys.stdout.fileno(), f"{text}\n".encode())


def _stop_on_signals(stack: Stack, serving: asyncio.Task[None]) -> None:
    """First signal: stop in order. Second: do not wait for the services to drain."""

    def stop() -> None:
        if not serving.cancel():
            kill_children(stack)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to outlive the terminal
        loop.add_signal_handler(signal.SIGHUP, stop)
