"""Keys derived from the one secret key, and what they protect: identifiers, models, sessions."""

import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from typing_extensions import override

_NONCE_BYTES = 12
_SECRET_BYTES = 32


class BadSecretKey(ValueError):
    """TIERLINE_SECRET_KEY is 64 hexadecimal digits (32 bytes): `openssl rand -hex 32` makes one."""

    @override
    def __str__(self) -> str:
        """Say what a key looks like, never what was given."""
        return self.__doc__ or ""


class UnreadableIdentifier(Exception):
    """A stored identifier was not written with this secret key."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The derived keys of one installation; never logged, never shown."""

    _cipher: AESGCM = field(repr=False)
    _index_key: bytes = field(repr=False)
    model_signing_key: bytes = field(repr=False)
    session_token_key: bytes = field(repr=False)

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Derive every key from the hexadecimal secret; raises BadSecretKey."""
        try:
            master = bytes.fromhex(text)
        except ValueError:
            raise BadSecretKey from None
        if len(master) != _SECRET_BYTES or len(text) != 2 * _SECRET_BYTES:
            raise BadSecretKey
        return cls(
            AESGCM(_derive(master, "identifier-encryption")),
            _derive(master, "identifier-blind-index"),
            _derive(master, "model-signature"),
            _derive(master, "session-token"),
        )

    def encrypt_identifier(self, kind: str, value: str) -> bytes:
        """Encrypt an identifier (AES-256-GCM, random nonce first, the kind authenticated)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), kind.encode())

    def decrypt_identifier(self, kind: str, stored: bytes) -> str:
        """Read an identifier back; raises UnreadableIdentifier."""
        nonce, sealed = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, kind.encode()).decode()
        except (InvalidTag, ValueError):
            raise UnreadableIdentifier from None

    def blind_index(self, kind: str, value: str) -> bytes:
        """Name an identifier without telling it: HMAC-SHA256 over kind and value, 32 bytes."""
        label = kind.encode()
        message = len(label).to_bytes(2, "big") + label + value.encode()
        return hmac.digest(self._index_key, message, sha256)


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _SECRET_BYTES, salt=b"tierline", info=purpose.encode()).derive(master)


def sign(key: bytes, message: bytes) -> bytes:
    """Sign bytes with HMAC-SHA256."""
    return hmac.digest(key, message, sha256)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell in constant time whether a signature belongs to the bytes."""
    return hmac.compare_digest(sign(key, message), signature)
