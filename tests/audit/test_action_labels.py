"""Whatever is done has words, which the room that does it registers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

import market.audit
from market.audit.action_labels import action_label, names_by_label
from market.audit.actor import SAFE_METHODS
from market.database import Base
from market.web import audit_registry
from market.web.audit_registry import action_labels, current_names, permission_labels


def changing(app: Flask) -> dict[str, str]:
    """The permission of every endpoint that changes something."""
    return {
        rule.endpoint: app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        for rule in app.url_map.iter_rules()
        if set(rule.methods or ()) - SAFE_METHODS
    }


def commands(app: Flask) -> set[str]:
    found = set()
    for name, command in app.cli.commands.items():
        found.add(name)
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", {})}
    return found


def test_what_every_changing_route_lets_one_do_is_said(reference: Flask) -> None:
    assert set(changing(reference).values()) - permission_labels.keys() == set()


def test_no_words_are_left_of_a_route_or_command_that_is_gone(reference: Flask) -> None:
    now = changing(reference).keys() | commands(reference)
    assert action_labels.keys() - now == set()
    assert set(current_names.values()) - now == set()


def test_no_former_name_is_in_use_again(reference: Flask) -> None:
    assert current_names.keys() & (reference.view_functions.keys() | commands(reference)) == set()


def test_an_act_is_called_by_its_endpoint_then_by_its_permission(reference: Flask) -> None:
    with reference.test_request_context(headers={"Cookie": "language=en"}):
        assert str(action_label("offer.verify", "offers.reject")) == "Reject an offer"
        assert str(action_label("offer.verify", "offers.verify")) == "Verify an offer"
        assert str(action_label("", "fair something")) == "Command “fair something”"


@pytest.mark.parametrize(
    ("permission", "endpoint", "words"),
    [
        ("deal.verify", "reports.desk_verify_deal", "Verify a deal"),
        ("deal.verify", "reports.desk_return_deal", "Return a deal"),
        ("deal.verify", "reports.desk_undo_deal", "Take a verification back"),
        ("deal.verify", "reports.desk_deal_phones", "Show the phone number"),
        ("offer.verify", "reports.desk_offer_phones", "Show the phone number"),
        ("offer.verify", "reports.desk_verify_offer", "Verify an offer"),
        ("offer.verify", "reports.desk_return_offer", "Return an offer"),
        ("official", "reports.decide_chosen", "Decide about several"),
        ("statement.submit", "reports.statement_draft", "Submit a statement"),
        ("official", "reports.statements_submit_all", "Submit a statement"),
        ("official", "reports.statements_accept", "Accept a statement"),
        ("statement.review", "reports.statement_accept", "Accept a statement"),
        ("statement.review", "reports.statement_return", "Return a statement"),
        ("official", "reports.statements_remind", "Remind of a statement"),
        ("statement.correct", "reports.statement_correct", "File a correction"),
        ("statement.review", "reports.statement_decide", "Decide about a correction"),
        ("fair.manage", "reports.statements_publish", "Publish a fair's table"),
        ("fair.manage", "reports.certify", "Certify a fair"),
        ("official", "documents.desk", "Ask for a document"),
        ("statement.read", "documents.print_statement", "Print the statement"),
        ("document.manage", "documents.retry", "Try a document again"),
        ("document.manage", "documents.publish", "Publish a document"),
        ("", "documents make", "Make the documents that wait"),
    ],
)
def test_an_act_recorded_under_a_former_name_keeps_its_words(
    reference: Flask, permission: str, endpoint: str, words: str
) -> None:
    with reference.test_request_context(headers={"Cookie": "language=en"}):
        assert str(action_label(permission, endpoint)) == words
        named = names_by_label()[words]
        assert endpoint in named or permission in named


def test_a_label_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"offers\.reject"):
        audit_registry.add_action_labels({"offers.reject": "Something else"})


def test_the_audit_room_names_no_table_permission_or_endpoint_of_another_room(
    reference: Flask,
) -> None:
    names = permission_labels.keys() | action_labels.keys() | current_names.keys()
    names |= Base.metadata.tables.keys()
    names -= {"anyone", "member", "administrator", "acts", "act_changes"}
    found = {
        f"{path.name}:{node.lineno} {node.value}"
        for path in Path(market.audit.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    }
    assert not found
