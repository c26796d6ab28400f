"""One vocabulary of flash categories, which are the kinds of notices too."""

from __future__ import annotations

import ast
import re

from flask import Flask
from jinja2.nodes import Call

from tests.conventions.sources import ROOT, nodes_of, template_tree

CATEGORIES = {"success", "error", "warning", "info"}
FLASHES = {"flash": None, "flash_refusal": "error"}


def category_of(call: ast.Call) -> object:
    """The category that a call of FLASHES gives; None where it gives none."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if len(call.args) > 1:
        return ast.unparse(call.args[1]).strip("'\"")
    return FLASHES[name]


def test_every_message_flashed_has_a_category_with_a_look() -> None:
    for path in (ROOT / "market").rglob("*.py"):
        for node in nodes_of(path):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            # flash_refusal passes on what it was given.
            if node.func.id in FLASHES and path.name != "form_recovery.py":
                assert category_of(node) in CATEGORIES, f"{path}:{node.lineno}"


def test_every_notice_of_a_template_has_a_kind_with_a_look(app: Flask) -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        tree = template_tree(app.jinja_env, path.read_text("utf-8"))
        for call in tree.find_all(Call):
            if getattr(call.node, "name", "") == "notice" and len(call.args) > 1:
                kind = call.args[1]
                if path.name != "notice.html":
                    assert getattr(kind, "value", None) in CATEGORIES, f"{path}:{call.lineno}"


def test_the_stylesheet_knows_no_other_kind() -> None:
    css = (ROOT / "static/css/components/notice.css").read_text("utf-8")
    assert set(re.findall(r"\.notice-(\w+)", css)) - {"mark"} <= CATEGORIES
