"""Session tokens: ours come back, nobody else's does, and they tell a page nothing."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.domain.session import LIFETIME_S, LONGEST_S, Named, Session, pinned_tier
from services.scoring.errors import BadSession
from services.scoring.usecases.sessions.tokens import AUDIENCE, MAX_TOKEN, SessionTokens
from tests.fakes import FakeTimer

SECRET, OLD, OTHER = b"s" * 32, b"o" * 32, b"x" * 32
NOW = float(int(time.time()))
GOLD = '{"key":"gold","rank":2,"name":{"en":"Gold","zh":"金"}}'.encode()
SILVER = '{"key":"silver","rank":1,"name":{"en":"Silver","zh":"银"}}'.encode()
SESSION = Session("01a203d6", Named("customer_id", "顾客-1".encode()), "web", {"coffee": GOLD})


def tokens(*secrets: bytes, seconds: float = NOW) -> SessionTokens:
    return SessionTokens(secrets or (SECRET,), seconds=FakeTimer(seconds))


def issued() -> str:
    return tokens().issue(SESSION)[0]


def claims() -> dict[str, Any]:
    return jwt.decode(issued(), options={"verify_signature": False})


def signed(changed: dict[str, Any], key: Any = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode({**claims(), **changed}, key, algorithm=algorithm)


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_session_comes_back() -> None:
    assert tokens().read(issued()) == SESSION


def test_no_session_is_gone_on_with_for_longer_than_half_a_day() -> None:
    clock, session = FakeTimer(NOW), SESSION
    desk, token = SessionTokens((SECRET,), seconds=clock), ""
    for begun in range(0, LONGEST_S, LIFETIME_S // 2):
        clock.seconds = NOW + begun
        token, _ = desk.issue(session)
        session = desk.read(token)
    clock.seconds = NOW + LONGEST_S
    with pytest.raises(BadSession):
        desk.read(token)


def test_it_is_a_jwt_that_a_library_reads() -> None:
    told = jwt.decode(
        issued(), SECRET, algorithms=["HS256"], audience=AUDIENCE, options={"verify_exp": False}
    )
    assert (told["scope"], told["exp"] - told["iat"]) == ("self", LIFETIME_S)


def test_it_tells_neither_the_customer_nor_a_tier() -> None:
    shown = b"".join(urlsafe_b64decode(each + "==") for each in issued().split(".")[:2])
    for secret in (b"gold", b"coffee", b"customer_id", "顾客".encode()):
        assert secret not in shown


def test_two_tokens_of_one_session_look_unlike() -> None:
    assert claims()["sub"] != claims()["sub"]


def _with_alg_none() -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}."


def _confused() -> str:
    """Signed by HMAC with the text of a public key, for a reader that trusts `alg`."""
    public = rsa.generate_private_key(65537, 2048).public_key()
    text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body = part({"alg": "RS256", "typ": "JWT"}), part(claims())
    return f"{head}.{body}.{part(text.decode())}"


def _with_kid() -> str:
    return jwt.encode(claims(), b"\0", algorithm="HS256", headers={"kid": "../../dev/null"})


def _reordered() -> str:
    head, body, signature = issued().split(".")
    return f"{body}.{head}.{signature}"


def _other_session() -> str:
    """The sealed part of one token in the claims of another session."""
    return signed({"sid": "01a203d7"})


BAD: dict[str, Callable[[], str]] = {
    "alg none": _with_alg_none,
    "HS/RS confusion": _confused,
    "kid is a path": _with_kid,
    "other secret": lambda: signed({}, OTHER),
    "other algorithm": lambda: signed({}, SECRET * 2, "HS512"),
    "other audience": lambda: signed({"aud": "admin"}),
    "no audience": lambda: signed({"aud": None}),
    "other scope": lambda: signed({"scope": "all"}),
    "expired": lambda: signed({"exp": int(NOW)}),
    "end is a text": lambda: signed({"exp": "never"}),
    "end is far beyond": lambda: signed({"exp": 10**400}),
    "not yet": lambda: signed({"nbf": int(time.time()) + 3600}),
    "reordered": _reordered,
    "sealed part of another": _other_session,
    "nothing sealed": lambda: signed({"sub": ""}),
    "empty": lambda: "",
    "no token": lambda: "a.b.c",
    "not ASCII": lambda: "é.ü.ß",
    "too long": lambda: issued() + "A" * MAX_TOKEN,
    "10 MB": lambda: "A" * 10_000_000,
    "a key": lambda: "tl_sk_" + "A" * 43,
}


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize("name", BAD)
def test_a_token_that_is_not_ours_is_refused(name: str) -> None:
    with pytest.raises(BadSession):
        tokens().read(BAD[name]())


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_changed_token_never_gives_another_session(place: int, byte: int) -> None:
    whole = bytearray(issued(), "ascii")
    whole[place % len(whole)] = byte
    try:
        found = tokens().read(whole.decode("latin-1"))
    except BadSession:
        return
    assert found == SESSION  # the last characters of base64 may carry bits that count for nothing


def test_a_session_of_a_hundred_programmes_comes_back() -> None:
    many = Session("01a203d6", SESSION.named, "web", {f"programme-{n}": GOLD for n in range(100)})
    token, _ = tokens().issue(many)
    assert len(token) < MAX_TOKEN
    assert tokens().read(token) == many


def test_it_ends_after_a_quarter_of_an_hour() -> None:
    token, ends = tokens().issue(SESSION)
    assert ends.timestamp() == NOW + LIFETIME_S
    assert tokens(seconds=NOW + LIFETIME_S - 1).read(token) == SESSION
    with pytest.raises(BadSession):
        tokens(seconds=NOW + LIFETIME_S).read(token)


def test_a_new_secret_signs_and_the_old_one_is_still_read() -> None:
    old, _ = tokens(OLD).issue(SESSION)
    both = tokens(SECRET, OLD)
    new, _ = both.issue(SESSION)
    assert both.read(old) == both.read(new) == tokens(SECRET).read(new)
    with pytest.raises(BadSession):
        tokens(OLD).read(new)
    with pytest.raises(BadSession):
        tokens(SECRET).read(old)


@pytest.mark.parametrize(
    ("before", "current", "kept"),
    [(None, GOLD, GOLD), (GOLD, SILVER, GOLD), (SILVER, GOLD, GOLD), (SILVER, SILVER, SILVER)],
    ids=["begun", "fallen", "risen", "same"],
)
def test_a_tier_is_kept_until_it_rises(before: bytes | None, current: bytes, kept: bytes) -> None:
    assert pinned_tier(before, current) == kept
