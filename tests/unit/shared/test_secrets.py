"""One secret key, many uses, none of which tells another."""

import pytest

from shared.secrets import BadSecretKey, Secrets, UnreadableIdentifier, is_signed, sign

KEY = "00" * 31 + "01"


@pytest.fixture
def secrets() -> Secrets:
    return Secrets.from_hex(KEY)


def test_identifiers_come_back_from_encryption(secrets: Secrets) -> None:
    stored = secrets.encrypt_identifier("phone", "+8613800138000")
    assert secrets.decrypt_identifier("phone", stored) == "+8613800138000"
    assert b"138" not in stored


def test_the_same_identifier_is_encrypted_differently_each_time(secrets: Secrets) -> None:
    assert secrets.encrypt_identifier("email", "a@b.cn") != secrets.encrypt_identifier(
        "email", "a@b.cn"
    )


def test_an_identifier_read_as_another_kind_is_refused(secrets: Secrets) -> None:
    stored = secrets.encrypt_identifier("phone", "x")
    with pytest.raises(UnreadableIdentifier):
        secrets.decrypt_identifier("email", stored)


@pytest.mark.parametrize("stored", [b"", b"short", b"\x00" * 40])
def test_what_was_not_written_by_us_is_refused(secrets: Secrets, stored: bytes) -> None:
    with pytest.raises(UnreadableIdentifier):
        secrets.decrypt_identifier("phone", stored)


def test_blind_index_is_stable_and_tells_kinds_apart(secrets: Secrets) -> None:
    index = secrets.blind_index("phone", "+8613800138000")
    assert index == Secrets.from_hex(KEY).blind_index("phone", "+8613800138000")
    assert len(index) == 32
    assert index != secrets.blind_index("email", "+8613800138000")
    assert secrets.blind_index("a", "bc") != secrets.blind_index("ab", "c")


def test_every_purpose_has_a_key_of_its_own(secrets: Secrets) -> None:
    other = Secrets.from_hex("00" * 31 + "02")
    assert secrets.model_signing_key != secrets.session_token_key
    assert secrets.model_signing_key != other.model_signing_key


def test_nothing_secret_is_shown(secrets: Secrets) -> None:
    assert repr(secrets) == "Secrets()"


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 33, " ".join(["00"] * 32)])
def test_a_key_of_another_form_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(BadSecretKey, match="openssl rand -hex 32"):
        Secrets.from_hex(text)


def test_signatures_hold_only_for_what_was_signed() -> None:
    signature = sign(b"key", b"model")
    assert is_signed(b"key", b"model", signature)
    assert not is_signed(b"key", b"other", signature)
    assert not is_signed(b"other", b"model", signature)
