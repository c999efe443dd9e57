"""Logs are JSON lines without keys, without personal data, whatever is thrown at them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from shared.access import MAX_WAITING, AccessLog
from shared.keys import new_key
from shared.logs import bind_request_id, configure, logger, redact, request_id


@pytest.fixture(autouse=True)
def _no_request() -> Iterator[None]:
    bind_request_id("")
    yield
    bind_request_id("")


def fail(message: str) -> None:
    raise RuntimeError(message)


def test_a_line_is_json_whatever_it_holds() -> None:
    stream = io.StringIO()
    logger("test", stream=stream).info("done", name='a\n"b"\x1b[31m', 名="咖啡")
    (text,) = stream.getvalue().splitlines()
    line = json.loads(text)
    assert (line["event"], line["service"], line["level"]) == ("done", "test", "info")
    assert "\x1b" not in text


def test_keys_and_personal_fields_are_hidden() -> None:
    stream, key = io.StringIO(), new_key()
    logger("test", stream=stream).info("x", reason=f"bad {key}", phone="+861", authorization="B")
    assert key not in stream.getvalue()
    assert "+861" not in stream.getvalue()
    assert stream.getvalue().count("[hidden]") == 3


def test_keys_are_struck_out_of_traces() -> None:
    stream, key = io.StringIO(), new_key()
    try:
        fail(key)
    except RuntimeError:
        logger("test", stream=stream).exception("failed")
    assert key not in stream.getvalue()
    assert "RuntimeError" in json.loads(stream.getvalue())["exception"]


def test_a_line_names_the_running_request() -> None:
    stream = io.StringIO()
    bind_request_id("r-1")
    logger("test", stream=stream).info("x")
    assert json.loads(stream.getvalue())["request_id"] == request_id() == "r-1"


def test_lines_below_the_level_are_dropped() -> None:
    stream = io.StringIO()
    logger("test", level="warning", stream=stream).info("x")
    assert stream.getvalue() == ""


def test_records_of_libraries_take_our_form() -> None:
    stream, key = io.StringIO(), new_key()
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    configure("test", stream=stream)
    try:
        logging.getLogger("lib").info("SELECT secrets")
        try:
            fail(key)
        except RuntimeError:
            logging.getLogger("lib").exception("lost %s", key)
    finally:
        root.handlers = kept
    line = json.loads(stream.getvalue())
    assert (line["logger"], line["event"], line["level"]) == ("lib", "lost [hidden]", "error")
    assert key not in stream.getvalue()


def test_redaction_leaves_other_text_alone() -> None:
    assert redact("nothing tl_ here") == "nothing tl_ here"


async def test_access_lines_are_written_in_bundles() -> None:
    stream = io.StringIO()
    log = AccessLog("test", stream)
    for _ in range(MAX_WAITING - 1):
        log.add("r-1", "GET", "/v1/x/{id}", status=200, ms=1.234)
    assert stream.getvalue() == ""
    log.add("r-2", "GET", "/v1/x/{id}", status=200, ms=1.234)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == MAX_WAITING
    assert lines[0]["route"] == "/v1/x/{id}"
    assert lines[0]["ms"] == 1.23
