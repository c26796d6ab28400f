"""Whatever is done has words."""

from __future__ import annotations

from flask import Flask

from market.audit.action_labels import DOINGS, ENDPOINTS, action_label_of
from market.audit.actor import READING


def changing(app: Flask) -> dict[str, str]:
    """The permission of every endpoint that changes something."""
    return {
        rule.endpoint: app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        for rule in app.url_map.iter_rules()
        if set(rule.methods or ()) - READING
    }


def commands(app: Flask) -> set[str]:
    found = set()
    for name, command in app.cli.commands.items():
        found.add(name)
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", {})}
    return found


def test_what_every_changing_route_lets_one_do_is_said(app: Flask) -> None:
    assert set(changing(app).values()) - set(DOINGS) == set()


def test_no_words_are_left_of_a_route_or_command_that_is_gone(app: Flask) -> None:
    assert set(ENDPOINTS) - set(changing(app)) - commands(app) == set()


def test_an_act_is_called_by_its_endpoint_then_by_its_permission(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert str(action_label_of("offer.verify", "offers.reject")) == "Reject an offer"
        assert str(action_label_of("offer.verify", "offers.verify")) == "Verify an offer"
        assert str(action_label_of("", "fair something")) == "Command “fair something”"
