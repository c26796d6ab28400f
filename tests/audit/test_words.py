"""The record of acts is read by people: no table, column, permission or route by its name."""

from __future__ import annotations

from flask import Flask

from market.audit.action_labels import action_label, permission_label
from market.audit.rules import IGNORED, audited_tables
from market.database import Base
from market.web.audit_registry import (
    action_labels,
    column_labels,
    object_labels,
    permission_labels,
    unaudited_commands,
)
from tests.audit.test_action_labels import commands


def test_every_table_and_every_column_that_is_recorded_has_a_word(app: Flask) -> None:
    tables = Base.metadata.tables
    columns = {column.name for name in audited_tables() for column in tables[name].columns}
    assert sorted(set(audited_tables()) - object_labels.keys()) == []
    assert sorted(columns - column_labels.keys() - IGNORED) == []


def test_no_word_is_left_of_a_table_or_column_that_is_gone(app: Flask) -> None:
    tables = Base.metadata.tables
    columns = {column.name for name in audited_tables() for column in tables[name].columns}
    assert sorted(object_labels.keys() - set(audited_tables())) == []
    assert sorted(column_labels.keys() - columns) == []


def test_every_route_that_changes_something_has_words(app: Flask) -> None:
    routes = [r for r in app.url_map.iter_rules() if {"POST", "DELETE"} & (r.methods or set())]
    for route in routes:
        permission = getattr(app.view_functions[route.endpoint], "permission", "anyone")
        words = str(action_label(permission, route.endpoint))
        assert words not in (route.endpoint, permission), route.endpoint


def test_every_command_that_may_change_something_has_words(app: Flask) -> None:
    ours = commands(app) - unaudited_commands - {"db", "routes", "run", "seed", "shell"}
    groups = {name.split()[0] for name in ours if " " in name}
    recorded = [name for name in sorted(ours - groups) if not name.startswith("db ")]
    assert "papers make" in recorded
    assert [name for name in recorded if name not in action_labels] == []


def test_every_permission_has_words(app: Flask) -> None:
    with app.test_request_context():
        for permission in permission_labels:
            assert "." not in str(permission_label(permission))
