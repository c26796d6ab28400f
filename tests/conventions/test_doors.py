"""Every pair of role and route is said here: a new route fails until it is."""

from __future__ import annotations

import pytest
from flask import Flask

from market.accounts.models import Role
from tests.conventions.conftest import ROLES, client_of

# The permission of every endpoint, by room.
DOORS = {
    "anyone": """
        static stylesheet pages.home pages.language pages.components regions.suggest regions.tree
        products.suggest accounts.login accounts.logout accounts.register offers.index
        offers.suggest offers.photo offers.thumb fairs.index tallies.session papers.verify
        papers.verify_form tables.session_deals
    """,
    "member": """
        pages.pending_form accounts.me accounts.edit accounts.password accounts.export
        accounts.erase offers.mine accounts.new_password accounts.phone
        accounts.end_other_sessions
        offers.reveal offers.pending_thumb deals.index search.index
        search.save messages.index
    """,
    "administrator": """
        accounts.admin accounts.admin_account accounts.admin_phone accounts.grant
        accounts.revoke accounts.enable accounts.disable audit.index audit.show audit.table
    """,
    "account.help": """
        accounts.help_page accounts.one_time_password accounts.change_phone
    """,
    "account_session.end": "accounts.end_session",
    "document.read": "papers.show papers.file",
    "document.manage": "papers.retry papers.publish",
    "official": """
        products.words products.add_word products.withdraw_word
        accounts.desk
        desk.index desk.queue desk.confirm desk.decide_chosen monitoring.market
        monitoring.prices monitoring.product monitoring.activity messages.desk fairs.desk
        statements.index statements.submit_all statements.accept_all
        statements.remind statements.punctuality
        papers.desk tables.desk_table tables.punctuality
    """,
    "region.watch": "monitoring.position",
    "assistant": "stations.desk stations.new_farmer",
    "party.represent": """
        offers.new stations.farmer stations.withdraw_consent stations.erase_farmer messages.new
    """,
    "question.own": "messages.more messages.close messages.seen",
    "question.read": "messages.show",
    "question.answer": "messages.answer",
    "search.own": "search.look search.delete",
    "offer.read": "offers.show matching.index",
    "offer.manage": """
        offers.edit offers.publish offers.renew offers.close offers.withdraw matching.see
    """,
    "offer.verify": """
        offers.verify offers.return offers.reject desk.verify_offer
        desk.return_offer desk.reveal_offer_phones
    """,
    "deal.propose": "deals.propose",
    "deal.read": "deals.show deals.proof_picture",
    "deal.review": "desk.review_deal",
    "offer.review": "desk.review_offer",
    "deal.act": """
        deals.agree deals.decline deals.cancel deals.dispute deals.settle deals.mend
        deals.agree_revision deals.decline_revision deals.proof deals.phone
    """,
    "deal.verify": """
        deals.verify deals.send_back desk.verify_deal desk.return_deal
        desk.undo_deal
        desk.reveal_deal_phones
    """,
    "statement.submit": "statements.draft",
    "statement.read": "statements.show papers.print_statement",
    "statement.review": """
        statements.accept statements.return_ statements.decide
    """,
    "statement.correct": "statements.correct",
    "fair.create": "fairs.new fairs.new_totals fairs.emergency",
    "fair.read": """
        fairs.show tallies.region tallies.map_svg tallies.map_page tallies.counties
        tallies.products tallies.deals tallies.deal tallies.screen tallies.figures_json
        tables.index tables.table statements.published
    """,
    "fair.manage": """
        fairs.edit fairs.extend fairs.close fairs.cancel fairs.clone fairs.new_session
        statements.publish statements.certify
    """,
    "fair.follow": "fairs.manage",
    "session.manage": "fairs.edit_session fairs.remove_session",
}
MEMBERS = set(ROLES) - {"visitor"}
OFFICIALS = {Role.COUNTY_OFFICIAL, Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL}
# Who passes a door that is about no object. Those about one are tested in their rooms.
PASS = {
    "anyone": set(ROLES),
    "member": MEMBERS,
    "administrator": {Role.ADMINISTRATOR},
    "official": OFFICIALS,
    "assistant": {Role.ASSISTANT},
    "fair.create": {Role.PROVINCE_OFFICIAL},
}


def test_every_endpoint_has_the_permission_said_here(app: Flask) -> None:
    said = {name: permission for permission, names in DOORS.items() for name in names.split()}
    assert {name: view.permission for name, view in app.view_functions.items()} == said


@pytest.mark.parametrize("role", ROLES)
def test_a_role_passes_its_doors_and_no_other(market: Flask, role: str) -> None:
    client = client_of(market, role)
    tried = 0
    for rule in market.url_map.iter_rules():
        permission = market.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if permission not in PASS or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        status = client.get(rule.rule).status_code
        if role in PASS[permission]:
            assert status in (200, 302), rule.rule
        else:
            assert status == (303 if role == "visitor" else 403), rule.rule
        tried += 1
    assert tried > 15
