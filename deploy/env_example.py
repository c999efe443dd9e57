"""Writes .env.example from the settings classes: `python -m deploy.env_example`."""

import importlib
import sys
from collections.abc import Iterator

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from shared.settings import PlatformSettings, variables_of

SERVICES = ("ingest", "scoring", "feedback", "console")
_HEADER = """\
# Every setting of Tierline, with its default. Written by `make env-example`; do not edit.
# `make run` needs none of them: it makes up secrets and addresses itself (TIERLINE_HOME/env).
"""
_RUNNER = """
# -- make run and make test
# 0: without the demo shop
# DEMO=1
# the directory that holds initdb and postgres, in place of those found
# TIERLINE_PG_BIN=
"""


def main() -> None:
    """Write the example to standard output."""
    sys.stdout.write(example())


def example() -> str:
    """Give the whole file: the platform's settings, then each service's."""
    platform: tuple[str, type[BaseSettings]] = ("all services", PlatformSettings)
    sections = [platform, *_service_settings()]
    return _HEADER + "".join(_section(title, cls) for title, cls in sections) + _RUNNER


def _service_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    for name in SERVICES:
        module = importlib.import_module(f"services.{name}.settings")
        yield f"services/{name}", getattr(module, f"{name.title()}Settings")


def _section(title: str, cls: type[BaseSettings]) -> str:
    pairs = zip(variables_of(cls), cls.model_fields.values(), strict=True)
    return f"\n# -- {title}\n" + "".join(_entry(name, field) for name, field in pairs)


def _entry(name: str, field: FieldInfo) -> str:
    """Write one setting: set where it is required, commented out where it has a default."""
    notes = [text for text in (field.description, _bounds(field)) if text]
    comment = "".join(f"# {text}\n" for text in notes)
    if field.is_required():
        return f"{comment}{name}=\n"
    return f"{comment}# {name}={_shown(field.default)}\n"


def _bounds(field: FieldInfo) -> str:
    """Say what a number may be."""
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    found = [
        f"{word} {getattr(rule, sign)}"
        for rule in field.metadata
        for sign, word in words.items()
        if getattr(rule, sign, None) is not None
    ]
    return ", ".join(found)


def _shown(value: object) -> str:
    if value is None or value is PydanticUndefined or isinstance(value, SecretStr):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main()
