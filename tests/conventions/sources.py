"""What the conventions read of code and templates, parsed once for all of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
MARKET = ROOT / "market"


@cache
def tree_of(path: Path) -> ast.Module:
    """The Python file, parsed."""
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Everything in the Python file, breadth first."""
    return list(ast.walk(tree_of(path)))


_templates: dict[str, nodes.Template] = {}


def template_tree(env: Environment, source: str) -> nodes.Template:
    """The template, parsed; the environments of all apps parse alike."""
    if source not in _templates:
        _templates[source] = env.parse(source)
    return _templates[source]


def source_of(env: Environment, name: str) -> str:
    """The text of the template of that name."""
    assert env.loader
    return env.loader.get_source(env, name)[0]
