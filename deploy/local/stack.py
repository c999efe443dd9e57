"""What runs together on one machine: Postgres, the services, the worker."""

import asyncio
import sys
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.errors import StartRefused
from deploy.local.home import Home
from deploy.local.output import set_aside_large_log
from deploy.local.ports import Addresses
from deploy.local.postgres import PostgresServer
from deploy.local.processes import Child, ChildSpec, backoff_s

SERVICES = ("ingest", "scoring", "feedback", "console")
EVERYTHING = (*SERVICES, "worker")
DRAIN_S = 25.0  # a service drains for at most 20 s
LIVE_WITHIN_S = 60.0
Say = Callable[[str], None]


@dataclass(slots=True)
class Stack:
    """Everything that was started, in the order it was."""

    home: Home
    addresses: Addresses
    say: Say
    server: PostgresServer | None = None
    children: list[Child] = field(default_factory=list)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)


def child_specs(home: Home, environ: Mapping[str, str]) -> list[ChildSpec]:
    """List the processes of one machine."""
    modules = {name: ("-m", f"services.{name}") for name in SERVICES}
    commands = {**modules, "worker": ("-m", "deploy.cli", "worker")}
    return [
        ChildSpec(
            name=name,
            arguments=(sys.executable, *arguments),
            environ=environ,
            log_file=home.logs / f"{name}.log",
            record=home.processes / f"{name}.json",
        )
        for name, arguments in commands.items()
    ]


def start_children(
    stack: Stack, environ: Mapping[str, str], names: Container[str] = EVERYTHING
) -> None:
    """Start every process of these names that was not started; each is kept alive by a task."""
    started = {child.spec.name for child in stack.children}
    for spec in child_specs(stack.home, environ):
        if spec.name in started or spec.name not in names:
            continue
        set_aside_large_log(spec.log_file)
        child = Child(spec, stack.say)
        stack.children.append(child)
        stack.tasks.append(asyncio.create_task(child.keep_alive(), name=spec.name))


async def wait_live(stack: Stack) -> None:
    """Wait until every service answers; raise StartRefused when one cannot start."""
    deadline = time.monotonic() + LIVE_WITHIN_S
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        for child in stack.children:
            if child.spec.name in SERVICES:
                await _wait_answer(stack, client, child, deadline)
    for child in stack.children:
        child.has_been_live = True


async def watch(stack: Stack) -> None:
    """Wait for ever, or until a task fails: then raise what it raised."""
    if stack.tasks:
        done, _ = await asyncio.wait(stack.tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    await asyncio.Event().wait()


async def keep_postgres_alive(server: PostgresServer, say: Say) -> None:
    """Start the embedded Postgres again, on the same port, whenever it ends."""
    failures = 0
    while True:
        await asyncio.sleep(max(0.2, backoff_s(failures)))
        if server.is_running():
            failures = 0
            continue
        failures += 1
        say("postgres ended unexpectedly; starting it again")
        server.spawn(server.port)
        await asyncio.to_thread(server.wait_ready, time.monotonic() + 60)


async def stop_child(stack: Stack, name: str) -> None:
    """Stop one process, which may be started again."""
    child = next(each for each in stack.children if each.spec.name == name)
    task = next(each for each in stack.tasks if each.get_name() == name)
    await child.stop(DRAIN_S)
    await asyncio.gather(task, return_exceptions=True)
    stack.children.remove(child)
    stack.tasks.remove(task)


async def stop_stack(stack: Stack) -> None:
    """Stop the services, which finish what they have begun, and Postgres last."""
    names = [child.spec.name for child in stack.children]
    await asyncio.gather(*(child.stop(DRAIN_S) for child in stack.children))
    for task in stack.tasks:
        if task.get_name() not in names:
            task.cancel()
    await asyncio.gather(*stack.tasks, return_exceptions=True)
    if stack.server is not None:
        await asyncio.to_thread(stack.server.stop)


def kill_children(stack: Stack) -> None:
    """Stop waiting: end the services at once (Postgres still stops in order)."""
    for child in stack.children:
        if child.process is not None and child.process.returncode is None:
            child.process.kill()


async def _wait_answer(
    stack: Stack, client: httpx.AsyncClient, child: Child, deadline: float
) -> None:
    url = f"{stack.addresses.url(child.spec.name)}/health/live"
    while time.monotonic() < deadline:
        for task in stack.tasks:
            if task.done():
                task.result()
        try:
            if (await client.get(url)).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise StartRefused(
        f"{child.spec.name} does not answer at {url}; its log is {child.spec.log_file}"
    )
