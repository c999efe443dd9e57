"""API keys: their form, their scopes, and the places they must not be in."""

import base64

import pytest

from shared.keys import (
    SCOPES,
    KeyKind,
    basic_key,
    bearer_key,
    hash_key,
    is_key,
    is_key_in_url,
    new_key,
)
from tests.factories import make_caller

KEY = "tl_sk_" + "A" * 43


def test_new_keys_are_long_random_and_say_their_kind() -> None:
    secret, publishable = new_key(), new_key(KeyKind.PUBLISHABLE)
    assert secret.startswith("tl_sk_")
    assert publishable.startswith("tl_pk_")
    assert is_key(secret)
    assert is_key(publishable)
    assert new_key() != secret


def test_keys_are_stored_as_their_hash() -> None:
    assert len(hash_key(KEY)) == 32
    assert KEY.encode() not in hash_key(KEY)


@pytest.mark.parametrize("header", [b"Bearer " + KEY.encode(), b"bearer  " + KEY.encode() + b" "])
def test_a_bearer_header_shows_its_key(header: bytes) -> None:
    assert bearer_key(header) == KEY


@pytest.mark.parametrize(
    "header",
    [
        None, b"", b"Bearer", b"Bearer ", KEY.encode(), b"Basic " + KEY.encode(), b"Bearer tl_sk_x",
        b"Bearer tl_sk_" + b"A" * 44, b"Bearer tl_xx_" + b"A" * 43, b"Bearer \xff", b"Bearer a.b.c",
        b"Bearer " + KEY.encode() + b", Bearer x", b"Bearer " + b"A" * 1_000_000,
    ],
)  # fmt: skip
def test_any_other_header_shows_none(header: bytes | None) -> None:
    assert bearer_key(header) is None


def basic(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def test_basic_auth_carries_the_key_as_user_name() -> None:
    assert basic_key(basic(KEY.encode() + b":")) == KEY
    assert basic_key(basic(KEY.encode())) == KEY


@pytest.mark.parametrize(
    "header",
    [None, b"Basic", b"Basic ???", basic(b"user:pass"), basic(b"\xff:"), basic(b"A" * 2000)],
)
def test_other_basic_auth_carries_none(header: bytes | None) -> None:
    assert basic_key(header) is None


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", b"key=" + KEY.encode()),
        ("/", b"a=1&api_key=x"),
        ("/", b"access_token=x"),
        ("/", b"x=tl%5Fpk%5Fabc"),
        ("/", b"x=TL_SK_abc"),
        (f"/v1/{KEY}", b""),
    ],
)
def test_a_key_in_an_address_is_found(path: str, query: bytes) -> None:
    assert is_key_in_url(path, query)


def test_an_address_without_a_key_passes() -> None:
    assert not is_key_in_url("/v1/programmes/key", b"key=coffee&x=my_api_key%20tl_")


def test_scopes_are_exact_and_admin_has_all() -> None:
    assert make_caller("tier:read").may("tier:read")
    assert not make_caller("tier:read").may("score:read")
    assert all(make_caller("admin").may(scope) for scope in SCOPES)


def test_a_publishable_key_is_never_admin() -> None:
    assert not make_caller("admin", kind=KeyKind.PUBLISHABLE).may("tier:read")
