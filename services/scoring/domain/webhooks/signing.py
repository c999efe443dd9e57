"""Sign messages so that a receiver knows they are ours (Standard Webhooks, symmetric)."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
KEY_BYTES: Final = 32
VERSION: Final = "v1"


def secret_of(key: bytes) -> str:
    """Write a key as receivers keep it; KEY_BYTES of randomness make a good one."""
    return PREFIX + b64encode(key).decode()


def signed_headers(
    message_id: str, sent_at_s: int, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """Give the three headers of a message, signed with every live secret, the newest first.

    `sent_at_s` are seconds since 1970, UTC. Source: standardwebhooks.com, specification 1.0.
    """
    message = b"%b.%d.%b" % (message_id.encode(), sent_at_s, body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at_s),
        "webhook-signature": " ".join(f"{VERSION},{_signature(one, message)}" for one in secrets),
    }


def _signature(secret: str, message: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, message, sha256)).decode()
