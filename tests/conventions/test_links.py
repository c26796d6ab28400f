"""Pages link downwards only: a room's templates and views name nothing of a room above it.

What a higher room adds to a lower one's page it registers with `market.web.slots`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from flask import Flask
from jinja2 import meta, nodes

from market import ROOMS
from market.web import slots
from tests.conventions.sources import MARKET, nodes_of, source_of, template_tree
from tests.conventions.test_layout import ABOVE, owner_of, python_files

RANKS = {room: i for i, room in enumerate(ROOMS)}
# The frame of all pages, and pages shown in the place of any other.
FRAME = {"base.html", "desk.html", "errors", "dev"}
KNOWN = {"link": slots._links, "slot": slots._slots}


def rank_of_template(name: str) -> int:
    """The place of the template's room; above all for the frame, below all for components."""
    folder = name.partition("/")[0]
    return len(ROOMS) if folder in FRAME else RANKS.get(folder, -1)


def rank_of_module(module: str | None) -> int:
    parts = (module or "").split(".")
    return RANKS.get(parts[1], -1) if parts[0] == "market" and len(parts) > 1 else -1


def ranks_of_globals(app: Flask) -> dict[str, int]:
    """The place of the room that gives each name to all templates."""
    ranks = {
        name: rank_of_module(getattr(value, "__module__", None))
        for name, value in app.jinja_env.globals.items()
    }
    with app.test_request_context():
        app.preprocess_request()
        for processor in app.template_context_processors[None]:
            ranks |= dict.fromkeys(processor(), rank_of_module(processor.__module__))
    return ranks


def ranks_of_filters(app: Flask) -> dict[str, int]:
    known = app.jinja_env.filters | app.jinja_env.tests
    return {name: rank_of_module(getattr(f, "__module__", None)) for name, f in known.items()}


@cache
def templates(app: Flask) -> set[str]:
    return set(app.jinja_env.list_templates())


def named(app: Flask, text: str) -> int:
    """The place of the room that an endpoint or a template of this name is of, else -1."""
    if text not in FRAME and (text in app.view_functions or text in templates(app)):
        return RANKS.get(text.replace("/", ".").partition(".")[0], -1)
    return -1


def backward_names(
    app: Flask, name: str, source: str, given: dict[str, int], filters: dict[str, int]
) -> list[str]:
    """What of rooms above its own a template names."""
    # Its own tree: meta.find_undeclared_variables folds constants in it.
    rank, tree = rank_of_template(name), app.jinja_env.parse(source)
    found = [c.value for c in tree.find_all(nodes.Const) if isinstance(c.value, str)]
    wrong = {text for text in found if named(app, text) > rank}
    names = {each.name for each in tree.find_all(nodes.Name) if each.ctx == "load"}
    names -= {each.name for each in tree.find_all(nodes.Name) if each.ctx == "param"}
    names &= app.jinja_env.globals.keys()
    names |= meta.find_undeclared_variables(tree)
    wrong |= {each for each in names if given.get(each, -1) > rank}
    used: Iterator[Any] = tree.find_all((nodes.Filter, nodes.Test))
    wrong |= {each.name for each in used if filters.get(each.name, -1) > rank}
    return [f"{name} names {text}" for text in sorted(wrong)]


def test_a_template_names_nothing_of_a_room_above_its_own(app: Flask) -> None:
    env, given, filters = app.jinja_env, ranks_of_globals(app), ranks_of_filters(app)
    wrong = [
        line
        for name in env.list_templates(extensions=["html", "svg", "js"])
        for line in backward_names(app, name, source_of(env, name), given, filters)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    [
        "{{ url_for('deals.propose', offer_id=1) }}",
        "{% include 'statements/_published_link.html' %}",
        "{% from 'tables/index.html' import take %}",
        "{% if new_matches() %}{% endif %}",
    ],
)
def test_a_template_that_links_upwards_would_be_found(app: Flask, source: str) -> None:
    given, filters = ranks_of_globals(app), ranks_of_filters(app)
    assert backward_names(app, "offers/show.html", source, given, filters)
    assert not backward_names(app, "pages/home.html", source, given, filters)


def test_python_names_no_endpoint_or_template_of_a_room_above_its_own(app: Flask) -> None:
    wrong = [
        f"{path.relative_to(MARKET)}:{node.lineno} {node.value}"
        for path in python_files()
        if (owner := owner_of(path)) not in ABOVE
        for node in nodes_of(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if named(app, node.value) > RANKS.get(owner, -1)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_link_and_slot_is_registered_and_used(app: Flask) -> None:
    texts: set[Any] = set()
    env = app.jinja_env
    for name in env.list_templates(extensions=["html"]):
        tree = template_tree(env, source_of(env, name))
        texts |= {const.value for const in tree.find_all(nodes.Const)}
        for call in tree.find_all(nodes.Call):
            known = KNOWN.get(getattr(call.node, "name", ""))
            if known and isinstance(call.args[0], nodes.Const):
                assert call.args[0].value in known, name
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "link":
                texts |= {c.value for c in ast.walk(node) if isinstance(c, ast.Constant)}
    assert slots._links.keys() | slots._slots.keys() | slots._parts.keys() <= texts
    for template in (part for parts in slots._parts.values() for part in parts):
        assert template in templates(app)
