"""Decimal strings on the wire: checked by pydantic's own engine, explained only when wrong.

A receipt of three lines holds 17 of them; a Python validator each would take half of its time.
"""

from typing import Final

from shared.money import MoneyFault, parse_scaled

_WHOLE = "(0|[1-9][0-9]{0,15})"
AMOUNT: Final = rf"^{_WHOLE}(\.[0-9]{{1,4}})?$"
SIGNED_AMOUNT: Final = rf"^-?{_WHOLE}(\.[0-9]{{1,4}})?$"
QUANTITY: Final = rf"^{_WHOLE}(\.[0-9]{{1,3}})?$"
SIGNED_QUANTITY: Final = rf"^-?{_WHOLE}(\.[0-9]{{1,3}})?$"

# pattern -> (most decimals, may be negative)
_FORMS: Final = {
    AMOUNT: (4, False),
    SIGNED_AMOUNT: (4, True),
    QUANTITY: (3, False),
    SIGNED_QUANTITY: (3, True),
}
_MESSAGES: Final = {
    "bad_decimal": 'must be a plain decimal string such as "312.40"',
    "wrong_exponent": "has too many decimals",
    "out_of_range": "is too large",
    "negative": "must not be negative",
}


def decimal_fault(pattern: object, text: object) -> tuple[str, str] | None:
    """Say why a text does not match one of our patterns; None when the pattern is another's."""
    form = _FORMS.get(pattern) if isinstance(pattern, str) else None
    if form is None or not isinstance(text, str):
        return None
    exponent, is_signed = form
    try:
        parse_scaled(text, exponent, signed=is_signed)
    except MoneyFault as error:
        return error.code, _MESSAGES[error.code]
    return "bad_decimal", _MESSAGES["bad_decimal"]
