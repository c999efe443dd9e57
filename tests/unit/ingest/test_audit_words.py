"""Every action that is noted anywhere has words in both languages."""

import ast
from collections.abc import Iterator
from itertools import chain

from services.ingest.domain.audit_words import WORDS, words_of
from services.ingest.domain.topic_words import topic_words
from services.scoring.queries.models import model_log
from services.scoring.usecases.fit import shadow
from shared.erasures import OWNERS, topic_of
from tests.unit.source_tree import sources

#: Put together from a variable where they are noted.
COMPOSED = {f"{sort}.{what}" for sort in ("pin", "grant") for what in ("given", "ended")}
NOTING = {"Note", "_note", "_tell", "_do"}


def _texts(tree: ast.AST) -> Iterator[str]:
    """Give every text handed to what notes an act, at once or through a constant of the module."""
    named = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", _attribute(call)) in NOTING:
            for given in chain(call.args, (keyword.value for keyword in call.keywords)):
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value
                elif isinstance(given, ast.Name) and given.id in named:
                    yield named[given.id]


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _noted() -> set[str]:
    """Find the actions noted in the code: they hold a dot or an underscore, actors do not."""
    found = set(chain.from_iterable(_texts(s.tree) for s in sources("services", "shared")))
    return {text for text in found if "." in text or "_" in text} | {"merge", "unmerge"}


def _of_models() -> set[str]:
    names = [vars(module) for module in (model_log, shadow)]
    constants = {
        value for each in names for name, value in each.items() if name.isupper() and name[0] != "_"
    }
    return {f"model.{value}" for value in constants if isinstance(value, str)}


def test_every_action_that_is_noted_has_words() -> None:
    assert _noted() - WORDS.keys() == set()


def test_words_are_of_actions_that_somebody_notes() -> None:
    known = _noted() | COMPOSED | _of_models()
    assert WORDS.keys() - known == set()


def test_the_life_of_models_has_words() -> None:
    untold = {"model.shadow_dropped"}  # written into the log of the process alone
    assert _of_models() - untold - WORDS.keys() == set()


def test_an_unknown_action_has_none() -> None:
    assert words_of("nothing.known") is None


def test_erasures_are_told_by_their_owner() -> None:
    said = [topic_words(topic_of(owner)) for owner in OWNERS]
    assert all(
        words is not None and owner in words.zh for words, owner in zip(said, OWNERS, strict=True)
    )
    assert topic_words("nothing") is None
