"""Every word people see is in the catalogue, in both languages, and somewhere in use."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import get_args

import pytest

from services.console.accounts.person import Language
from services.console.changing.care_documents import Noun
from services.console.pages.playbooks.steps import FOLLOWING
from services.console.words import UnknownWord, catalogue, said, said_or
from tests.paths import REPO_DIR

CONSOLE = REPO_DIR / "services" / "console"
#: a deck says its sentences by their name within this room
DECKS = "decks."
#: an action is named by what it is done to and what was done; other texts of that form are keys
#: of the catalogue, or these
ACTION = re.compile(r'"([a-z_]+\.[a-z_]+)"')
NO_ACTION = re.compile(r"websocket\.close|.*\.html")
SAYING = frozenset({"say", "say_or", "said", "said_or"})


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(p.read_text(encoding="utf-8")) for p in sorted(CONSOLE.rglob("*.py")))


def nodes() -> Iterator[ast.AST]:
    for tree in trees():
        yield from ast.walk(tree)


def saying() -> Iterator[ast.expr]:
    """Give the key of every call that says something."""
    for node in nodes():
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in SAYING and node.args:
                yield node.args[1 if name in {"said", "said_or"} else 0]


def pattern_of(text: ast.JoinedStr) -> re.Pattern[str]:
    parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in text.values)
    return re.compile("".join(str(part) for part in parts))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("room", sorted({key.partition(".")[0] for key in catalogue()}))
def test_every_word_of_a_room_is_there_in_both_languages(room: str) -> None:
    for key, texts in catalogue().items():
        if key.partition(".")[0] == room:
            assert set(texts) == {"en", "zh"}, key
            assert all(text.strip() for text in texts.values()), key
            assert places(texts["en"]) == places(texts["zh"]), key


def test_every_key_that_is_said_is_in_the_catalogue() -> None:
    said_keys = {str(n.value) for n in saying() if isinstance(n, ast.Constant)}
    assert said_keys
    assert {k for k in said_keys if not {k, f"{DECKS}{k}"} & catalogue().keys()} == set()


def test_every_key_of_the_catalogue_is_said_somewhere() -> None:
    constants = {
        n.value for n in nodes() if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    constants |= {f"{DECKS}{constant}" for constant in constants}
    made = [pattern_of(n) for n in nodes() if isinstance(n, ast.JoinedStr) and len(n.values) > 1]
    patterns = [p for p in made if re.search(r"\w+\\?\.\w*|\.\w+", p.pattern)]
    unused = {
        key
        for key in catalogue().keys() - constants
        if not any(pattern.fullmatch(key) for pattern in patterns)
    }
    assert unused == set()


def noted() -> set[str]:
    """Give the actions that are noted in the audit log."""
    turned = {f"playbook.{state}" for states in FOLLOWING.values() for state in states}
    turned |= {f"report_schedule.{done}" for done in ("paused", "resumed", "ended")}
    turned |= {f"{noun}.{done}" for noun in get_args(Noun) for done in ("created", "changed")}
    turned |= {"survey.open", "survey.close", "experiment.start", "experiment.stop"}
    rooms = [CONSOLE / room for room in ("changing", "accounts", "pages/users")]
    paths = [CONSOLE / "cli_users.py", CONSOLE / "parts" / "downloads.py"]
    paths += [path for room in rooms for path in room.rglob("*.py")]
    found = {name for path in paths for name in ACTION.findall(path.read_text(encoding="utf-8"))}
    return turned | {name for name in found - catalogue().keys() if not NO_ACTION.fullmatch(name)}


def test_every_action_of_the_audit_log_has_words_and_no_other_has() -> None:
    worded = {key.removeprefix("audit.") for key in catalogue() if key.startswith("audit.")}
    assert noted() == worded


def test_a_key_made_from_data_falls_back_to_the_data() -> None:
    assert said_or(Language.ENGLISH, "faults.status_404", "x") != "x"
    assert said_or(Language.ENGLISH, "faults.status_999", "x") == "x"
    with pytest.raises(UnknownWord):
        said(Language.ENGLISH, "faults.status_999")


def test_what_is_put_into_a_text_is_not_read_as_a_place() -> None:
    assert "{0.__class__}" in said(Language.ENGLISH, "parts.type_this", text="{0.__class__}")


BANNED = frozenset({"html", "markdown", "mermaid", "html_columns"})


def test_nothing_is_shown_as_markup() -> None:
    found = {
        n.attr
        for n in nodes()
        if isinstance(n, ast.Attribute)
        and isinstance(n.value, ast.Name)
        and n.value.id == "ui"
        and n.attr in BANNED
    }
    assert found == set()


def test_scripts_in_props_are_constants() -> None:
    """A prop that begins with a colon is run by the browser: none is made from data."""
    for node in nodes():
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).startswith(":"):
                    assert isinstance(value, (ast.Constant, ast.Name, ast.Attribute)), key.value
