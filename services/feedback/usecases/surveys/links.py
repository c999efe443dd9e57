"""Link tokens: the invitation's id and a signature of it; nothing secret is stored.

The signature is HMAC-SHA256 under a key derived from the installation's secret, its 24 first bytes:
who asks again for a link gets the same one, and a dump of the database opens no survey.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final
from uuid import UUID

from shared.secrets import Secrets

_PURPOSE: Final = "survey-link"
_ID_BYTES, _SIGNATURE_BYTES = 16, 24
#: base64url of 40 bytes, without padding.
LENGTH: Final = 54


def token_of(secrets: Secrets, invitation_id: UUID) -> str:
    """Make the token of an invitation."""
    signed = invitation_id.bytes + _signature(secrets, invitation_id)
    return urlsafe_b64encode(signed).rstrip(b"=").decode()


def path_of(token: str) -> str:
    """Give where people answer, below the address of this service."""
    return f"/s/{token}"


def invitation_in(secrets: Secrets, token: str) -> UUID | None:
    """Read a token that is ours; None for every other text."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        signed = urlsafe_b64decode(token + "==")
    except (Error, ValueError):
        return None
    if len(signed) != _ID_BYTES + _SIGNATURE_BYTES:
        return None
    invitation_id = UUID(bytes=signed[:_ID_BYTES])
    is_ours = hmac.compare_digest(signed[_ID_BYTES:], _signature(secrets, invitation_id))
    return invitation_id if is_ours and token_of(secrets, invitation_id) == token else None


def _signature(secrets: Secrets, invitation_id: UUID) -> bytes:
    # The label keeps it apart from everything else that is hashed with this key.
    return secrets.blind_index(_PURPOSE, invitation_id.hex)[:_SIGNATURE_BYTES]
