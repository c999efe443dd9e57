"""Turn pydantic's errors into ours: stable codes, JSON pointers, and no word of the input."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.decimal_text import decimal_fault
from shared.forms import words_for
from shared.problem import FieldFault

MAX_FAULTS = 50

# pydantic's type -> (our code, our message); {x} is filled from the limits, never from the input.
_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("missing", "is required"),
    "extra_forbidden": ("unknown_field", "holds a field that is not known here"),
    "string_type": ("wrong_type", "must be a string"),
    "int_type": ("wrong_type", "must be an integer"),
    "int_from_float": ("wrong_type", "must be an integer"),
    "float_type": ("wrong_type", "must be a number"),
    "bool_type": ("wrong_type", "must be true or false"),
    "list_type": ("wrong_type", "must be a list"),
    "tuple_type": ("wrong_type", "must be a list"),
    "dict_type": ("wrong_type", "must be an object"),
    "model_type": ("wrong_type", "must be an object"),
    "model_attributes_type": ("wrong_type", "must be an object"),
    "none_required": ("wrong_type", "must be null"),
    "string_too_short": ("too_short", "must have at least {min_length} characters"),
    "string_too_long": ("too_long", "must have at most {max_length} characters"),
    "too_short": ("too_few", "must have at least {min_length} items"),
    "too_long": ("too_many", "must have at most {max_length} items"),
    "string_pattern_mismatch": ("wrong_form", "does not have the form asked for"),
    "literal_error": ("not_allowed", "must be one of {expected}"),
    "enum": ("not_allowed", "must be one of {expected}"),
    "union_tag_invalid": ("not_allowed", "must be one of {expected_tags}"),
    "union_tag_not_found": ("missing", "does not say which kind it is"),
    "greater_than": ("out_of_range", "must be greater than {gt}"),
    "greater_than_equal": ("out_of_range", "must be at least {ge}"),
    "less_than": ("out_of_range", "must be less than {lt}"),
    "less_than_equal": ("out_of_range", "must be at most {le}"),
    "finite_number": ("out_of_range", "must be a finite number"),
    "int_parsing": ("wrong_type", "must be an integer"),
    "bool_parsing": ("wrong_type", "must be true or false"),
    "uuid_parsing": ("wrong_form", "must be a UUID"),
    "datetime_from_date_parsing": ("bad_instant", "must be an RFC 3339 instant with offset"),
}
_UNKNOWN = ("invalid", "is not valid")
# Our own validators raise PydanticCustomError with this prefix; their texts are constants.
OWN = "tierline."


def field_faults(
    errors: Iterable[Mapping[str, Any]], is_ours: Callable[[str], bool]
) -> tuple[FieldFault, ...]:
    """Describe pydantic's errors; only names that `is_ours` knows may stand in a pointer."""
    faults: dict[FieldFault, None] = {}
    for error in errors:
        faults[_fault(error, is_ours)] = None
        if len(faults) >= MAX_FAULTS:
            break
    return tuple(faults)


def _fault(error: Mapping[str, Any], is_ours: Callable[[str], bool]) -> FieldFault:
    kind = str(error["type"])
    loc = error["loc"][:-1] if kind == "extra_forbidden" else error["loc"]
    pointer = pointer_of(loc, is_ours)
    if kind.startswith(OWN):
        return FieldFault(pointer, kind.removeprefix(OWN), str(error["msg"]))
    limits = error.get("ctx") or {}
    if found := decimal_fault(limits.get("pattern"), error.get("input")):
        return FieldFault(pointer, *found)
    if words := words_for(limits.get("pattern")):
        return FieldFault(pointer, "wrong_form", words)
    code, text = _MESSAGES.get(kind, _UNKNOWN)
    return FieldFault(pointer, code, text.format_map(limits))


def pointer_of(loc: Iterable[int | str], is_ours: Callable[[str], bool]) -> str:
    """Write a location as a JSON pointer (RFC 6901), ending before the first foreign name."""
    parts: list[str] = []
    for part in loc:
        if isinstance(part, str) and not is_ours(part):
            break
        parts.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in parts)
