"""Every route says who may use it, and none changes anything without a CSRF token."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from market.permissions import POLICY

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def undeclared(app: Flask) -> list[str]:
    return [
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "permission", None) not in POLICY
    ]


def test_every_route_declares_its_permission(app: Flask) -> None:
    assert undeclared(app) == []


def test_a_route_without_a_permission_would_be_found(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/bare", "bare", lambda: "")
    assert undeclared(app) == ["bare"]


def some(converter: BaseConverter) -> object:
    """A value the converter takes."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "x"


def test_every_changing_route_refuses_a_missing_csrf_token(app: Flask) -> None:
    client = app.test_client()
    tried = 0
    for rule in app.url_map.iter_rules():
        if not CHANGING & (rule.methods or set()):
            continue
        values = {name: some(converter) for name, converter in rule._converters.items()}
        with app.test_request_context():
            url = rule.build(values)[1]  # type: ignore[index]
        assert client.post(url).status_code == 400, rule.endpoint
        tried += 1
    assert tried


def test_every_template_compiles(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", sorted(POLICY))
def test_no_permission_breaks_on_a_visitor(app: Flask, name: str) -> None:
    from flask_login import AnonymousUserMixin

    class Thing:
        def __getattr__(self, _: str) -> Thing:
            return self

    assert POLICY[name](AnonymousUserMixin(), Thing()) in (True, False) or name == "offer.read"
