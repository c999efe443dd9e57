"""Money as integers: strict decimal strings in, minor units inside, decimal strings out."""

import re
from functools import lru_cache

# Largest magnitude that every JSON reader, float64 and bigint keep exactly.
MAX_MINOR = 2**53 - 1

# ISO 4217 minor units that are not 2.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
_EXPONENTS = (
    dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
    | dict.fromkeys(_FOUR_DECIMALS.split(), 4)
)

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# No sign but "-", no exponent, no leading zeros, no "_", ASCII digits only; 16 digits reach 2**53.
_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?", re.ASCII)
_match_decimal = _DECIMAL.fullmatch
_SCALES = (1, 10, 100, 1000, 10000)


class MoneyFault(ValueError):
    """The text is not an amount."""

    code = "bad_decimal"


class TooManyDecimals(MoneyFault):
    """The amount has more decimals than its currency."""

    code = "wrong_exponent"


class AmountOutOfRange(MoneyFault):
    """The amount is too large to keep exactly."""

    code = "out_of_range"


class NegativeAmount(MoneyFault):
    """The amount may not be negative."""

    code = "negative"


def exponent_of(currency: str) -> int:
    """Tell how many decimals a currency has (ISO 4217; 2 where the table is silent)."""
    return _EXPONENTS.get(currency, 2)


def is_currency(code: str) -> bool:
    """Tell whether a text has the form of an ISO 4217 code."""
    return _CURRENCY.fullmatch(code) is not None


def parse_scaled(text: str, exponent: int, *, signed: bool = False) -> int:
    """Read a strict decimal string as an integer of 10**-exponent; raises MoneyFault."""
    return _scaled(text, exponent, signed)


# Prices repeat: a look-up takes a third of a match. What is refused is not remembered.
@lru_cache(2**14)
def _scaled(text: str, exponent: int, signed: bool) -> int:  # noqa: FBT001 - a key of the cache
    match = _match_decimal(text)
    if match is None:
        raise _fault_of(text)
    sign, whole, fraction = match.groups()
    if fraction is None:
        value = int(whole) * _SCALES[exponent]
    else:
        missing = exponent - len(fraction)
        if missing < 0:
            raise TooManyDecimals
        value = int(whole + fraction) * _SCALES[missing]
    if value > MAX_MINOR:
        raise AmountOutOfRange
    if not sign:
        return value
    if not signed and value:
        raise NegativeAmount
    return -value


def _fault_of(text: str) -> MoneyFault:
    """Tell a number that is merely too long or too fine from what is no decimal at all."""
    shape = re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?", text[:400], re.ASCII)
    if shape is None or len(text) > 400:
        return MoneyFault()
    return TooManyDecimals() if len(shape[1] or "") > 4 else AmountOutOfRange()


def parse_minor(text: str, currency: str, *, signed: bool = False) -> int:
    """Read an amount as minor units of its currency; raises MoneyFault."""
    return parse_scaled(text, _EXPONENTS.get(currency, 2), signed=signed)


def parse_milli(text: str, *, signed: bool = False) -> int:
    """Read a quantity of at most three decimals as thousandths; raises MoneyFault."""
    return parse_scaled(text, 3, signed=signed)


def format_scaled(value: int, exponent: int) -> str:
    """Write an integer of 10**-exponent as a decimal string with exactly that many decimals."""
    if exponent == 0:
        return str(value)
    digits = str(abs(value)).rjust(exponent + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


def format_minor(value: int, currency: str) -> str:
    """Write minor units as the currency's decimal string."""
    return format_scaled(value, _EXPONENTS.get(currency, 2))


def format_milli(value: int) -> str:
    """Write thousandths as the shortest decimal string."""
    text = format_scaled(value, 3).rstrip("0")
    return text.removesuffix(".")
