"""The house holds together: imports go one way, files stay small, styles use the tokens."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from market import ROOMS
from tests.conventions.sources import MARKET, ROOT, nodes_of, source_of, template_tree, tree_of

ABOVE = {"__init__", "cli", "worker", "demonstration"}  # may import any room


def imported_rooms(path: Path) -> Iterator[tuple[str, int]]:
    """(room, line) for each import of a room in the file, but for type checkers only."""
    typing_only = {
        id(inner)
        for node in nodes_of(path)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes_of(path):
        if id(node) in typing_only:
            continue
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if (
                parts[0] == "market"
                and len(parts) > 1
                and parts[1] in (*ROOMS, *ABOVE - {"__init__"})
            ):
                yield parts[1], node.lineno


def backward_imports(path: Path, owner: str) -> list[str]:
    order = {room: i for i, room in enumerate(ROOMS)}
    limit = order.get(owner, -1)  # a module beside the rooms imports none of them
    return sorted(
        {
            f"{path.relative_to(ROOT)}:{line} imports {room}"
            for room, line in imported_rooms(path)
            if order.get(room, 99) > limit
        }
    )


def owner_of(path: Path) -> str:
    return path.relative_to(MARKET).parts[0].removesuffix(".py")


def python_files() -> list[Path]:
    return [p for p in MARKET.rglob("*.py") if "migrations" not in p.parts]


def test_a_room_imports_only_rooms_before_it() -> None:
    wrong = [
        line
        for path in python_files()
        if owner_of(path) not in ABOVE
        for line in backward_imports(path, owner_of(path))
    ]
    assert not wrong, "\n".join(wrong)


def test_an_import_that_runs_back_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    file = tmp_path / "views.py"
    file.write_text("def late():\n    from market.deals.services import agree_deal\n")
    assert backward_imports(file, "offers") == ["views.py:2 imports deals"]
    assert backward_imports(file, "tallies") == []


def test_no_file_is_over_400_lines() -> None:
    files = [*python_files(), *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    long = {
        str(p.relative_to(ROOT)): n for p in files if (n := len(p.read_text().splitlines())) > 400
    }
    assert not long


def test_no_view_is_over_30_lines() -> None:
    long = []
    for path in MARKET.rglob("*views.py"):
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 30:  # type: ignore[operator]
                long.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert not long


def test_every_service_query_and_rule_says_what_it_does() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in python_files()
        if path.name in ("services.py", "queries.py", "rules.py")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_colours_come_from_the_tokens() -> None:
    wrong = []
    for path in (ROOT / "static" / "css").rglob("*.css"):
        if path.name != "tokens.css" and re.search(r"#[0-9a-fA-F]{3,8}\b", path.read_text("utf-8")):
            wrong.append(path.name)
    assert not wrong


def test_templates_have_no_inline_script_or_style() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(
            r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"", path.read_text("utf-8")
        )
    ]
    assert not wrong


def test_no_template_gives_a_name_of_all_pages_another_meaning(app: Flask) -> None:
    """What a template defines is seen by those it extends, in place of the global."""
    env, wrong = app.jinja_env, {}
    for name in env.list_templates(extensions=["html", "svg"]):
        tree = template_tree(env, source_of(env, name))
        defined = {macro.name for macro in tree.find_all(nodes.Macro)}
        defined |= {each.name for each in tree.find_all(nodes.Name) if each.ctx == "store"}
        if shadowed := defined & env.globals.keys():
            wrong[name] = shadowed
    assert not wrong


def test_only_config_reads_the_environment() -> None:
    wrong = [
        str(p.relative_to(ROOT)) for p in python_files() if "os.environ" in p.read_text("utf-8")
    ]
    assert not wrong
