"""Short ways to write conditions in tests."""

from typing import Any


def attribute(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"attribute": {"name": name, "op": op} | ({} if value is None else {"value": value})}


def metric(name: str, op: str, value: Any, **window: Any) -> dict[str, Any]:
    return {"metric": {"name": name, "op": op, "value": value, **window}}


def performed(event: str, **asked: Any) -> dict[str, Any]:
    return {"performed": {"event": event, **asked}}
