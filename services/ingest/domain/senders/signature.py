"""Signatures of inbound web hooks: who holds the secret has sent the body."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import sha256


def signature_of(secret: str, message: bytes) -> bytes:
    """Return base64(HMAC-SHA256), the form Shopify and Square send."""
    return base64.b64encode(hmac.digest(secret.encode(), message, sha256))


def is_signed_by_any(secrets: Iterable[str], message: bytes, signature: str) -> bool:
    """Tell whether one of the secrets made the signature; as slow for a wrong one as for none."""
    try:
        given = base64.b64decode(signature.encode("ascii"), validate=True)
    except (UnicodeError, binascii.Error, ValueError):
        given = b""
    found = False
    for secret in (*secrets, ""):
        expected = hmac.digest(secret.encode(), message, sha256)
        found |= hmac.compare_digest(expected, given) and bool(secret)
    return found
