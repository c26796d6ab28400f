"""What base.html sets for itself would silently replace what a view gives its page by that name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
# Made for pages to set.
OFFERED = {"meta"}


def set_outside_blocks(node: nodes.Node) -> Iterator[str]:
    """The names that a template sets where they hold in the blocks of others too."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Assign | nodes.AssignBlock):
            yield from (name.name for name in child.target.find_all(nodes.Name))
            if isinstance(child.target, nodes.Name):
                yield child.target.name
        elif not isinstance(child, nodes.Block | nodes.Macro):
            yield from set_outside_blocks(child)


def given_to_pages() -> Iterator[tuple[str, str]]:
    """(name, file) of what views give to templates."""
    for path in (ROOT / "market").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
                yield from ((k.arg, path.name) for k in node.keywords if k.arg)


def test_no_view_gives_what_the_base_template_sets() -> None:
    base = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"]).parse(
        (ROOT / "templates" / "base.html").read_text()
    )
    own = set(set_outside_blocks(base)) - OFFERED
    assert "writes" in own
    assert [(name, file) for name, file in given_to_pages() if name in own] == []
