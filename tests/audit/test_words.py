"""The record of acts is read by people: no table, column, permission or route by its name."""

from __future__ import annotations

import pytest
from flask import Flask

from market.audit.action_labels import DOINGS, ENDPOINTS, action_label_of, permission_word
from market.audit.actor import UNWATCHED
from market.audit.labels import COLUMNS, KINDS
from market.audit.rules import NOISE, kinds_recorded
from market.database import Base
from tests.audit.test_action_labels import commands


def test_every_kind_and_every_column_that_is_recorded_has_a_word() -> None:
    tables = Base.metadata.tables
    columns = {column.name for kind in kinds_recorded() for column in tables[kind].columns}
    assert [kind for kind in kinds_recorded() if kind not in KINDS] == []
    assert sorted(columns - COLUMNS.keys() - NOISE) == []


def test_every_route_that_changes_something_is_told_in_words(app: Flask) -> None:
    routes = [r for r in app.url_map.iter_rules() if {"POST", "DELETE"} & (r.methods or set())]
    for route in routes:
        permission = getattr(app.view_functions[route.endpoint], "permission", "anyone")
        words = str(action_label_of(permission, route.endpoint))
        assert words not in (route.endpoint, permission), route.endpoint


def test_every_command_that_may_change_something_is_told_in_words(app: Flask) -> None:
    ours = commands(app) - UNWATCHED - {"db", "routes", "run", "seed", "shell"}
    groups = {name.split()[0] for name in ours if " " in name}
    told = [name for name in sorted(ours - groups) if not name.startswith("db ")]
    assert "papers make" in told
    assert [name for name in told if name not in ENDPOINTS] == []


@pytest.mark.parametrize("permission", DOINGS)
def test_every_permission_is_told_in_words(app: Flask, permission: str) -> None:
    with app.test_request_context():
        assert "." not in str(permission_word(permission))
