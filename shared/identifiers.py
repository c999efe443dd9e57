"""Identifiers people are known by: one canonical form, one way to look them up."""

import re
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, WithJsonSchema

from shared.fields import fault
from shared.secrets import Secrets

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def phone(text: str) -> str:
    """Check an E.164 number."""
    if _E164.fullmatch(text) is None:
        raise fault("bad_phone", "must be an E.164 number such as +8613800138000")
    return text


def email(text: str) -> str:
    """Check an e-mail address and give it in lower case."""
    try:
        # test domains are real senders' sandbox data; whether a domain answers is not our business
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise fault("bad_email", "must be an e-mail address") from None
    return checked.normalized.lower()


PhoneText = Annotated[
    str,
    AfterValidator(phone),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\+[1-9][0-9]{6,14}$",
            "examples": ["+8613800138000"],
        }
    ),
]
EmailText = Annotated[
    str,
    AfterValidator(email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]


def lookup_key(secrets: Secrets, kind: str, value: str) -> bytes:
    """Return what `identifiers.lookup_key` holds: the id itself, or a blind index of 32 bytes."""
    return value.encode() if kind == "customer_id" else secrets.blind_index(kind, value)
