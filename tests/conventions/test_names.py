"""Names are the field's: no private dialect comes back, and one name means one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.sources import MARKET, tree_of

# Verbs of speech for what formats or returns, and metaphors: each has a standard term.
DIALECT = {
    *("asking", "doings", "filed", "filing", "hot", "kept", "leaving", "moves", "overtaken"),
    *("said", "shelf", "taken", "told", "watching"),
}
# Limits say of what: MAX_PHOTOS, MIN_WORDS, MAX_AGE_SECONDS.
BARE_LIMITS = {"AT_MOST", "ENOUGH", "LARGEST", "LONGEST", "MANY", "MOST", "OLDEST", "ROOM"}


def modules() -> list[Path]:
    return [path for path in MARKET.rglob("*.py") if "migrations" not in path.parts]


def bound_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that the module gives: of functions, classes, parameters and variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node.lineno


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def in_dialect(tree: ast.Module) -> list[str]:
    """`line: name` of every name that a standard term should replace."""
    constants = {
        name for node in tree.body if isinstance(node, ast.Assign) for name, _ in bound_names(node)
    }
    return [
        f"{line}: {name}"
        for name, line in bound_names(tree)
        if words(name) & DIALECT or (name in BARE_LIMITS and name in constants)
    ]


def test_no_name_is_of_the_old_dialect() -> None:
    wrong = [
        f"{path.relative_to(MARKET)}:{found}"
        for path in modules()
        for found in in_dialect(tree_of(path))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    [
        "def told_amount(): ...",
        "class KeptPages: ...",
        "def show(said): ...",
        "LONGEST = 80",
        "x.kept_at = 1",
    ],
)
def test_the_old_dialect_would_be_found(source: str) -> None:
    assert in_dialect(ast.parse(source))


def test_a_name_of_today_is_not_taken_for_the_dialect() -> None:
    today = "MAX_PHOTOS = 6\ndef format_amount(shot, tolder, hotel): ..."
    assert not in_dialect(ast.parse(today))


def test_no_two_public_classes_have_the_same_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(MARKET)))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_the_package_has_few_things_beside_its_rooms() -> None:
    from market import ROOMS

    beside = {
        path.name
        for path in MARKET.iterdir()
        if path.name not in ROOMS and not path.name.startswith("__py")
    }
    assert len(beside) <= 12, sorted(beside)
