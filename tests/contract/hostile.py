"""Hostile and bad input, and what each kind of fault must answer.

The numbers are rows of the table of hostile inputs in the shared promises.
"""

import gzip
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract.feedback_routes import FEEDBACK
from tests.contract.hostile_routes import STORE
from tests.contract.route import MIB, Route
from tests.factories import make_event, make_line, make_receipt

CANARY = "canary-7f3a"
JSON_TYPE = {"Content-Type": "application/json"}
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body no route reads, made from one it would read."""

    name: str
    status: int
    make: Callable[[Route], bytes | AsyncIterator[bytes]]
    headers: Headers = field(default_factory=lambda: JSON_TYPE)


def _with(text: bytes) -> Callable[[Route], bytes]:
    """Add a member of which the value is this JSON text, well formed or not."""

    def make(route: Route) -> bytes:
        comma = b", " if route.body else b""
        return route.valid[:-1] + comma + b'"%b": %b}' % (CANARY.encode(), text)

    return make


def _plain(route: Route) -> bytes:
    return route.valid


def _too_long(route: Route) -> bytes:
    return b" " * (route.cap + 1)


async def _in_chunks(route: Route) -> AsyncIterator[bytes]:
    for _ in range(route.cap // 65536 + 1):
        yield b" " * 65536


def _bomb(_: Route) -> bytes:
    return gzip.compress(b" " * (20 * MIB), 1)


def _members(route: Route) -> bytes:
    return b"".join(gzip.compress(b" ") for _ in range(20)) + gzip.compress(route.valid)


def _sent_as(**headers: str) -> dict[str, str]:
    return JSON_TYPE | {name.replace("_", "-"): value for name, value in headers.items()}


_GZIP = _sent_as(Content_Encoding="gzip")
UNREADABLE = (
    Unreadable("1-too-long", 413, _too_long),
    Unreadable("1-chunked", 413, _in_chunks),
    Unreadable("2-bomb", 413, _bomb, _GZIP),
    Unreadable("2-truncated", 400, lambda route: gzip.compress(route.valid)[:-9], _GZIP),
    Unreadable("2-members", 400, _members, _GZIP),
    Unreadable("2-not-gzip", 400, _plain, _GZIP),
    Unreadable("2-nested", 415, _plain, _sent_as(Content_Encoding="gzip, gzip")),
    Unreadable("2-zstd", 415, _plain, _sent_as(Content_Encoding="zstd")),
    Unreadable("2-br", 415, _plain, _sent_as(Content_Encoding="br")),
    Unreadable("3-no-type", 415, _plain, {}),
    Unreadable("3-text", 415, _plain, {"Content-Type": "text/plain"}),
    Unreadable("3-form", 415, _plain, {"Content-Type": "application/x-www-form-urlencoded"}),
    Unreadable("3-utf-16", 415, _plain, {"Content-Type": "application/json; charset=utf-16"}),
    Unreadable("3-bom", 400, lambda route: b"\xef\xbb\xbf" + route.valid),
    Unreadable("4-bad-utf-8", 400, _with(b'"\xff"')),
    Unreadable("4-overlong", 400, _with(b'"\xc0\xaf"')),
    Unreadable("4-lone-surrogate", 400, _with(rb'"\ud800"')),
    Unreadable("5-nul", 400, _with(rb'"a\u0000b"')),
    Unreadable("5-nul-in-key", 400, _with(rb'{"a\u0000b": 1}')),
    Unreadable("5-raw-nul", 400, _with(b'"a\x00b"')),
    Unreadable("6-nan", 400, _with(b"NaN")),
    Unreadable("6-infinity", 400, _with(b"-Infinity")),
    Unreadable("6-too-great", 422, _with(b"1e400")),
    Unreadable("7-two-to-63", 422, _with(b"9223372036854775808")),
    Unreadable("7-4301-digits", 422, _with(b"9" * 4301)),
    Unreadable("7-a-million-digits", 422, _with(b"9" * 1_000_000)),
    Unreadable("11-twice", 400, _with(b'1, "canary-7f3a": 2')),
    Unreadable("12-33-levels", 400, _with(b"[" * 33 + b"]" * 33)),
    Unreadable("12-200-000-levels", 400, lambda _: b"[" * 200_000),
    Unreadable(
        "12-many-keys", 400, _with(b"{%b}" % b",".join(b'"%d":1' % n for n in range(70_000)))
    ),
    Unreadable("12-long-key", 400, _with(b'{"%b": 1}' % (b"k" * 600_000))),
    Unreadable("empty", 400, lambda _: b""),
    Unreadable("no-json", 400, lambda _: CANARY.encode()),
    Unreadable("no-object", 422, lambda _: b'["canary-7f3a"]'),
    Unreadable("13-unknown-field", 422, _with(b'"canary-7f3a"')),
)


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item of a batch that is kept aside under a code."""

    path: str
    name: str
    code: str
    item: Any


def _receipt(name: str, code: str, **changes: Any) -> BadItem:
    return BadItem("/v1/receipts", name, code, make_receipt(**changes))


def _line(name: str, code: str, **changes: Any) -> BadItem:
    return _receipt(name, code, lines=[make_line(**changes)])


def _event(name: str, code: str, **changes: Any) -> BadItem:
    return BadItem("/v1/events", name, code, make_event(**changes))


def _who(name: str, code: str, **customer: Any) -> tuple[BadItem, BadItem]:
    return (
        _receipt(name, code, customer=customer),
        _event(name, code, customer=customer),
    )


def _when(name: str, code: str, at: Any) -> tuple[BadItem, BadItem]:
    return _receipt(name, code, occurred_at=at), _event(name, code, occurred_at=at)


def _no_items() -> list[BadItem]:
    values: tuple[Any, ...] = (None, True, 1, 1.5, CANARY, [], [[]], {})
    return [
        BadItem(path, f"{path[4:]}-{value!r}", "missing" if value == {} else "wrong_type", value)
        for path in ("/v1/receipts", "/v1/events")
        for value in values
    ]


LINK = {
    "store_id": "s",
    "workstation_id": "1",
    "business_date": "2026-11-20",
    "sequence_number": 1,
}
BAD_ITEMS = (
    *_no_items(),
    _receipt("7-number-negative", "out_of_range", sequence_number=-1),
    _line("8-float", "wrong_type", net=12.37),
    _line("8-three-decimals", "wrong_exponent", net="12.370"),
    _line("8-quantity-decimals", "wrong_exponent", quantity="1.0001"),
    _line("8-huge", "out_of_range", net="9" * 17),
    _line("9-negative-sale", "negative", net="-12.37"),
    _line("9-negative-discount", "negative", discount="-1"),
    _line("9-no-quantity", "not_positive", quantity="0"),
    _line("9-minus-quantity", "not_positive", quantity="-1"),
    _receipt("9-other-currency", "unknown_rate", currency="USD"),
    _receipt("9-no-currency", "bad_currency", currency="cny"),
    _receipt("9-total", "total_mismatch", total={"net": "12.38"}),
    _receipt("9-no-lines", "too_few", lines=[]),
    _receipt("9-line-twice", "duplicate_line", lines=[make_line(), make_line()]),
    _line("10-true", "wrong_type", quantity=True),
    _line("10-number", "wrong_type", quantity=1),
    _line("10-underscore", "bad_decimal", net="1_000"),
    _line("10-wide-digits", "bad_decimal", net="\uff11\uff12"),
    _line("10-exponent", "bad_decimal", net="1e3"),
    _line("10-plus", "bad_decimal", net="+1"),
    _line("10-leading-zero", "bad_decimal", net="012"),
    _line("10-line-as-text", "wrong_type", line="1"),
    _receipt("10-number-as-text", "wrong_type", sequence_number="12"),
    _receipt("10-number-as-float", "wrong_type", sequence_number=12.5),
    _receipt("13-tier", "unknown_field", tier=CANARY),
    _receipt("13-is-admin", "unknown_field", is_admin=True),
    _receipt("13-proto", "unknown_field", __proto__={CANARY: 1}),
    _line("13-line-field", "unknown_field", **{CANARY: 1}),
    _receipt("13-501-lines", "too_many", lines=[make_line(line=n) for n in range(501)]),
    _event("13-tier", "unknown_field", tier=CANARY),
    _event("13-wide", "too_large", properties={"text": "x" * 33_000}),
    _event("13-type", "not_allowed", type=CANARY),
    _event("13-order-field", "unknown_field", type="order_cancelled",
           properties={"order_id": "o", CANARY: 1}),
    _receipt("14-date-time", "bad_date", business_date="2026-11-21T00:00:00Z"),
    _receipt("14-no-such-date", "bad_date", business_date="2026-02-30"),
    _receipt("14-old-date", "time_out_of_range", business_date="1989-12-31"),
    _receipt("14-far-date", "time_out_of_range", business_date="2026-12-25"),
    *_when("14-naive", "bad_instant", "2026-11-21T12:00:00"),
    *_when("14-date", "bad_instant", "2026-11-21"),
    *_when("14-seconds", "bad_instant", 1_795_000_000),
    *_when("14-leap", "bad_instant", "2026-06-30T23:59:60Z"),
    *_when("14-end-of-time", "bad_instant", "9999-12-31T23:59:00-12:00"),
    *_when("14-year-0", "bad_instant", "0000-01-01T00:00:00Z"),
    *_when("14-30-february", "bad_instant", "2026-02-30T00:00:00Z"),
    *_when("14-1989", "time_out_of_range", "1989-12-31T23:59:59Z"),
    *_when("14-49-hours-ahead", "time_out_of_range", "2026-11-24T02:00:00Z"),
    *_who("15-empty", "empty", customer_id=""),
    *_who("15-spaces", "bad_identifier", customer_id=f" {CANARY}"),
    *_who("15-10-kb", "too_long", customer_id="c" * 10_240),
    *_who("15-bytes", "too_long", customer_id="\u4e2d" * 43),
    *_who("15-bidi", "bad_identifier", customer_id="c\u202e1"),
    *_who("15-zero-width", "bad_identifier", customer_id="c\u200b1"),
    *_who("15-control", "bad_identifier", customer_id="c\n1"),
    *_who("15-number", "wrong_type", customer_id=1),
    *_who("15-phone", "bad_phone", phone="13800138000"),
    *_who("15-email", "bad_email", email=CANARY),
    *_who("15-external", "bad_identifier", external={" erp": CANARY}),
    *_who("13-customer-field", "unknown_field", **{CANARY: "x"}),
    _receipt("link-on-a-sale", "link_not_allowed", link=LINK),
    _receipt("void-without-link", "link_missing", type="void"),
)  # fmt: skip

#: Ids that no customer, store or model can have, as they stand in an address.
IMPOSSIBLE_IDS = {
    "5-nul": ("%00", {400}),
    "4-bad-utf-8": ("%ff", {400}),
    "15-control": ("a%0ab", {400}),
    "15-spaces": (f"%20{CANARY}", {404, 422}),
    "15-bidi": (f"{CANARY}%E2%80%AE", {404, 422}),
    "15-zero-width": (f"{CANARY}%E2%80%8B", {404, 422}),
    "15-10-kb": ("c" * 10_240, {404, 422}),
    "15-slash": ("..%2F..%2Fetc%2Fpasswd", {404, 422}),
}
#: Ids that look like an attack and are data.
STRANGE_IDS = ("'; DROP TABLE customers; --", "1 OR 1=1", "pg_sleep(9)", "\u2615", "..", "%", "a'b")

BAD_BODIES: tuple[tuple[str, str, Any], ...] = (
    ("PUT /v1/customers/{}", "13-wide", {"attributes": {"text": "x" * 33_000}}),
    ("PUT /v1/customers/{}", "13-list", {"attributes": []}),
    ("PUT /v1/customers/{}", "15-phone", {"identifiers": {"phone": CANARY}}),
    ("PUT /v1/customers/{}", "15-card", {"identifiers": {"loyalty_account": "a\u200b"}}),
    ("PUT /v1/customers/{}", "13-purpose", {"consents": {CANARY: True}}),
    ("PUT /v1/customers/{}", "10-consent", {"consents": {"marketing": "true"}}),
    ("PUT /v1/customers/{}", "13-version", {"version": 7}),
    ("PUT /v1/stores/{}", "missing", {}),
    ("PUT /v1/stores/{}", "name", STORE | {"name": CANARY}),
    ("PUT /v1/stores/{}", "zone", STORE | {"time_zone": f"../{CANARY}"}),
    ("PUT /v1/stores/{}", "no-zone", STORE | {"time_zone": "Mars/Olympus"}),
    ("PUT /v1/stores/{}", "currency", STORE | {"currency": "yuan"}),
    ("PUT /v1/stores/{}", "kind", STORE | {"kind": CANARY}),
    ("POST /v1/tiers/query", "none", {}),
    ("POST /v1/tiers/query", "both", {"customer_ids": ["a"], "customers": [{}]}),
    ("POST /v1/tiers/query", "1001", {"customer_ids": ["a"] * 1001}),
    ("POST /v1/tiers/query", "no-ids", {"customer_ids": []}),
    ("POST /v1/tiers/query", "15-bidi", {"customer_ids": ["\u202e"]}),
    ("POST /v1/tiers/query", "10-number", {"customer_ids": [1]}),
    ("POST /v1/models/train", "13-field", {"learning_rate": 1}),
    ("POST /internal/rescore", "15-id", {"profile_ids": [CANARY]}),
    ("POST /internal/rescore", "1001", {"profile_ids": ["0" * 32] * 1001}),
    ("POST /v1/receipts", "empty", {"receipts": []}),
    ("POST /v1/receipts", "1001", {"receipts": [{}] * 1001}),
    ("POST /v1/receipts", "no-list", {"receipts": {CANARY: 1}}),
    ("POST /v1/events", "empty", {"events": []}),
    ("POST /v1/feedback", "10-rating", FEEDBACK | {"rating": "5"}),
    ("POST /v1/feedback", "13-tier", FEEDBACK | {"tier": CANARY}),
)  # fmt: skip
