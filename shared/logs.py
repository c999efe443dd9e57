"""Structured JSON logs: event names are constants, no personal data, keys never."""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, TextIO

import structlog
from typing_extensions import override

REQUEST_FAILED = "request_failed"
DATABASE_AWAY = "database_away"
SERVICE_STARTED = "service_started"
SERVICE_STOPPED = "service_stopped"
JOB_DONE = "job_done"
JOB_FAILED = "job_failed"
LOOP_FAILED = "loop_failed"
REMOTE_FAILED = "remote_failed"

_REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
_KEY = re.compile(r"tl_(?:sk|pk)_[A-Za-z0-9_-]*")
# Personal data by field name; a canary test greps the whole output.
_PRIVATE = frozenset(
    {
        "authorization",
        "body",
        "database_url",
        "email",
        "identifier",
        "identifiers",
        "key",
        "loyalty_account",
        "password",
        "phone",
        "secret",
        "text",
        "token",
        "wechat_openid",
    }
)
_HIDDEN = "[hidden]"
_LEVELS = logging.getLevelNamesMapping()


def request_id() -> str:
    """Tell the id of the running request, empty outside of one."""
    return _REQUEST_ID.get()


def bind_request_id(value: str) -> None:
    """Name the running request (its task only)."""
    _REQUEST_ID.set(value)


def redact(text: str) -> str:
    """Strike every API key out of a text."""
    return _KEY.sub(_HIDDEN, text) if "tl_" in text else text


def hide_private(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Hide fields of personal data and keys within texts (a structlog processor)."""
    return {
        name: _HIDDEN if name in _PRIVATE else redact(value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def add_request_id(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id of the running request (a structlog processor)."""
    if current := request_id():
        event.setdefault("request_id", current)
    return event


def configure(service: str, *, level: str = "info", stream: TextIO | None = None) -> None:
    """Send other libraries' records to one stream (default stdout) in our form."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(_ForeignFormatter(service))
    # WARNING at least: libraries at INFO log statements, addresses and parameters.
    logging.basicConfig(
        handlers=[handler], level=max(_LEVELS[level.upper()], logging.WARNING), force=True
    )


def logger(service: str, *, level: str = "info", stream: TextIO | None = None) -> Any:
    """Give a logger that writes a JSON object a line, the service named in each."""
    return structlog.wrap_logger(
        structlog.PrintLogger(stream or sys.stdout),
        processors=[
            structlog.processors.add_log_level,
            add_request_id,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_private,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        service=service,
    )


class _ForeignFormatter(logging.Formatter):
    """Write other libraries' records in our form."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    @override
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "service": self._service,
            "event": redact(record.getMessage()),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
