"""Put stored answers into a session's: text is cut and joined, not parsed and written anew.

A stored answer (domain/tiers/answer.py, domain/status/printing.py) is an object without its end,
its members in one order. A quotation mark inside a JSON string is escaped, so the marks below are
found nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

# json.dumps makes an encoder a call when it is asked for anything but its defaults.
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CUSTOMER: Final = b'{"customer_id":'
_AFTER_CUSTOMER: Final = b',"known":'
_TIER: Final = b'"tier":'
_AFTER_TIER: Final = b',"since":'
_REASONS: Final = b',"reasons":['
_AFTER_REASONS: Final = b',"model_version":'
#: What a page may see of a stored answer; the rest is for staff and systems.
_OWN: Final = ("programme", "since", "valid_until", "as_of", "stale")
_OWN_STATUSES: Final = frozenset({"held", "at_risk", "grace"})


def tier_in(stored: bytes) -> bytes:
    """Cut the tier (an object) out of a stored answer."""
    begin = stored.index(_TIER) + len(_TIER)
    return stored[begin : stored.index(_AFTER_TIER, begin)]


def customer_in(stored: bytes) -> bytes:
    """Cut the customer's id (a JSON string or null) out of a stored answer."""
    return stored[len(_CUSTOMER) : stored.index(_AFTER_CUSTOMER)]


def without_reasons(stored: bytes) -> bytes:
    """Cut the reasons out of a stored answer."""
    begin = stored.index(_REASONS)
    return stored[:begin] + stored[stored.index(_AFTER_REASONS, begin) :]


def own_view(answer: Mapping[str, Any], pinned: Mapping[str, Any]) -> dict[str, Any]:
    """Give what customers may see of their own answer in a customer-facing programme.

    What is missing for the next tier is published; what was spent, and that somebody set the tier
    by hand, is not theirs to see here. While the session keeps a tier above the current one, the
    way up from the current one would lead to what the page shows as held: it is left out.
    """
    status = answer["status"] if answer["status"] in _OWN_STATUSES else "held"
    is_above = pinned["rank"] > answer["tier"]["rank"]
    return {
        **{name: answer[name] for name in _OWN},
        "tier": pinned,
        "current": answer["tier"],
        "status": status,
        "progress": {"next": None if is_above else answer["progress"]["next"]},
    }


def encode(value: object) -> bytes:
    """Write JSON as stored answers are written."""
    return _JSON.encode(value).encode()
