"""Who may push: the HMAC over the raw bytes."""

import pytest

from services.ingest.domain.senders.signature import is_signed_by_any, signature_of

BODY = b'{"id":1}'
SIGNED = signature_of("hush", BODY).decode()


@pytest.mark.parametrize("secrets", [["hush"], ["new", "hush"]])
def test_any_valid_secret_may_have_signed(secrets: list[str]) -> None:
    assert is_signed_by_any(secrets, BODY, SIGNED)


@pytest.mark.parametrize(
    ("secrets", "body", "signature"),
    [
        (["other"], BODY, SIGNED),
        ([], BODY, SIGNED),
        (["hush"], BODY + b" ", SIGNED),
        (["hush"], BODY, ""),
        (["hush"], BODY, "not base64!"),
        (["hush"], BODY, "é"),
        (["hush"], BODY, SIGNED[:-4]),
        ([], BODY, signature_of("", BODY).decode()),
    ],
)
def test_anything_else_is_refused(secrets: list[str], body: bytes, signature: str) -> None:
    assert not is_signed_by_any(secrets, body, signature)
