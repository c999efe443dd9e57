import pytest

from services.console.accounts.cookies import FORM, OIDC, Seal

SEAL, OTHER = Seal(b"k" * 32), Seal(b"o" * 32)


def test_what_was_sealed_is_read_back() -> None:
    assert SEAL.opened(OIDC, SEAL.sealed(OIDC, {"next": "/ä"})) == {"next": "/ä"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("e30", id="unsigned"),
        pytest.param("e30=.", id="signature empty"),
        pytest.param("e30=.!!!", id="no base64"),
        pytest.param("é.é", id="no ASCII"),
        pytest.param("e" * 5000, id="long"),
        pytest.param(OTHER.sealed(FORM, "x"), id="another key"),
        pytest.param(SEAL.sealed(OIDC, "x"), id="another purpose"),
        pytest.param("IngiCg==." + SEAL.sealed(FORM, "x").partition(".")[2], id="another value"),
    ],
)
def test_what_is_not_ours_is_not_read(text: str | None) -> None:
    assert SEAL.opened(FORM, text) is None
    assert not SEAL.is_from_our_form(text, text)


def test_a_form_is_ours_when_cookie_and_field_agree() -> None:
    token, another = SEAL.form_token(None), SEAL.form_token(None)
    assert token != another
    assert SEAL.is_from_our_form(token, token)
    assert not SEAL.is_from_our_form(token, another)
    assert not SEAL.is_from_our_form(token, None)
    assert not SEAL.is_from_our_form(None, token)


def test_a_browser_keeps_the_form_token_it_has() -> None:
    token = SEAL.form_token(None)
    assert SEAL.form_token(token) == token
    assert SEAL.form_token("forged") != "forged"
