"""A header of one value that has to have a form."""

from __future__ import annotations

import re

from fastapi import Request

from shared.problem import Kind, Problem


def one_header(
    request: Request, name: str, form: re.Pattern[str], wrong: tuple[Kind, str]
) -> re.Match[str] | None:
    """Match a header's only value, without the space around it; None without the header.

    Raises Problem of the kind and the words given when it comes twice or has another form.
    """
    given = request.headers.getlist(name)
    if not given:
        return None
    found = form.fullmatch(given[0].strip())
    if found is None or len(given) > 1:
        kind, words = wrong
        raise Problem(kind, words)
    return found
