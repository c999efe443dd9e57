"""Cookies of the console: who is signed in, and values that only we can have written."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from typing import Any, Final

from shared.secrets import is_signed, sign

SESSION: Final = "tierline_session"
FORM: Final = "tierline_form"
LANGUAGE: Final = "tierline_language"
OIDC: Final = "tierline_oidc"
#: A signed value is short; a longer one is not ours.
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs small values for one purpose, so that one cookie never passes for another."""

    key: bytes

    def sealed(self, purpose: str, value: object) -> str:
        """Write a value and its signature."""
        body = json.dumps(value, separators=(",", ":")).encode()
        return f"{_text(body)}.{_text(sign(self.key, _message(purpose, body)))}"

    def opened(self, purpose: str, text: str | None) -> Any:
        """Read a sealed value; None where it is missing or not ours."""
        if not text or len(text) > _LONGEST:
            return None
        body, _, signature = text.partition(".")
        try:
            raw, signed = urlsafe_b64decode(body), urlsafe_b64decode(signature)
        except (BadBase64, ValueError):
            return None
        return json.loads(raw) if is_signed(self.key, _message(purpose, raw), signed) else None

    def form_token(self, text: str | None) -> str:
        """Give the token of a form: the one the browser has already, or a new one."""
        known = self.opened(FORM, text) is not None
        return text if known and text else self.sealed(FORM, secrets.token_urlsafe(16))

    def is_from_our_form(self, cookie: str | None, field: str | None) -> bool:
        """Tell whether a form was sent from a page of ours (signed double submit)."""
        is_same = bool(cookie) and secrets.compare_digest(
            (cookie or "").encode(), (field or "").encode()
        )
        return is_same and self.opened(FORM, cookie) is not None


def _message(purpose: str, body: bytes) -> bytes:
    return purpose.encode() + b"\0" + body


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
