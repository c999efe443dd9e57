"""Let one spoiled message of a batch stand aside, where its text alone would be refused whole."""

from typing import Any, Final

from services.ingest.domain.senders.spoiled import spans_in, spoiled
from shared.json_structure import TooDeep, TooMany, check_structure
from shared.problem import Problem
from shared.strict_json import parse

#: What one message may do to a batch; anything else is wrong with the batch itself.
OF_ONE: Final = frozenset(
    {"not_a_number", "nul_character", "bad_encoding", "duplicate_key", "key_too_long",
     "too_many_keys", "out_of_range"}
)  # fmt: skip


def parse_batch(body: bytes) -> Any:
    """Parse a batch with exact numbers; raises Problem when it is not one message's fault."""
    try:
        return parse(body, exact_numbers=True)
    except Problem as fault:
        batch = _salvaged(body) if fault.kind.slug in OF_ONE else None
        if batch is None:
            raise
        return batch


def _salvaged(body: bytes) -> dict[str, Any] | None:
    """Return a batch with its spoiled messages marked; raises Problem for its envelope's faults."""
    try:
        check_structure(body)
        text = body.decode("utf-8")
    except (UnicodeDecodeError, TooDeep, TooMany):
        return None
    spans = spans_in(text, "batch")
    if spans is None:
        return None
    envelope = parse(f"{text[: spans.start]}[]{text[spans.end :]}".encode(), exact_numbers=True)
    items = [_message(text[start:end]) for start, end in spans.elements]
    return {**envelope, "batch": items}


def _message(text: str) -> Any:
    try:
        return parse(text.encode(), exact_numbers=True)
    except Problem as fault:
        return spoiled(text, code=fault.kind.slug, message=fault.detail)
