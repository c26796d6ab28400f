"""Every pair of role and route is said here: a new route fails until it is."""

from __future__ import annotations

import pytest
from flask import Flask

from market.accounts.models import Role
from tests.conventions.conftest import ROLES, client_of

# The permission of every endpoint, by room.
DOORS = {
    "anyone": """
        static stylesheet pages.home pages.language pages.text_size pages.components
        regions.suggest regions.tree regions.townships products.suggest products.units
        accounts.login accounts.logout accounts.register offers.index
        notify.stop notify.console
        accounts.login_code accounts.forgotten accounts.reset pages.text
        offers.suggest offers.photo offers.thumb matching.comparison fairs.index
        tallies.session papers.verify tables.daily
        tallies.daily tallies.daily_list tallies.daily_deal_page tallies.daily_json
        papers.verify_form tables.offers tables.session_deals prices.index prices.product
        prices.local prices.table traders.show
        sharing.robots sharing.sitemap_index sharing.page_sitemap sharing.offer_sitemap
        sharing.manifest offers.pending_thumb sheets.show sheets.pdf
    """,
    "member": """
        notify.index notify.read_all notify.settings notify.email notify.code notify.remove_email
        pages.pending_form accounts.me accounts.edit accounts.password accounts.export
        offers.shortlist offers.star offers.unstar
        accounts.erase offers.mine accounts.new_password accounts.phone
        accounts.end_other_sessions accounts.end_all_sessions accounts.agree
        accounts.prove_phone accounts.second_factor accounts.recovery_codes
        accounts.remove_second_factor
        offers.reveal deals.index deals.record search.index
        search.save messages.index traders.dispute traders.dispute_deals
        traders.dispute_certificate traders.my_certificates
        traders.complain traders.complaints_of_mine
    """,
    "administrator": """
        notify.outgoing notify.webhooks notify.try_webhook notify.remove_webhook
        accounts.create accounts.office
        products.admin products.create products.admin_product products.add_admin_word
        products.withdraw_admin_word products.restore_admin_word
        regions.admin regions.admin_region regions.end regions.admin_township
        accounts.admin accounts.admin_account accounts.admin_phone accounts.grant
        accounts.revoke accounts.reset_second_factor accounts.enable accounts.disable
        audit.index audit.show audit.table
    """,
    "account.help": """
        accounts.help_page accounts.one_time_password accounts.change_phone
    """,
    "account_session.end": "accounts.end_session",
    "document.read": "papers.show papers.file",
    "document.manage": "papers.retry papers.publish",
    "official": """
        stations.county_consents
        products.words products.add_word products.withdraw_word
        accounts.desk
        desk.index desk.queue desk.search_deals desk.confirm desk.decide_chosen monitoring.market
        monitoring.prices monitoring.product monitoring.activity messages.desk messages.reported
        fairs.desk
        statements.index statements.submit_all statements.accept_all
        statements.remind statements.punctuality statements.completeness statements.own
        traders.disputed traders.certificate_queue traders.complaint_queue
        training.index stations.county_figures
        messages.purchases papers.desk tables.desk_table tables.punctuality
        tables.crosstab tables.crosstab_file
        tables.evidence_of_first tables.evidence_of
        sheets.desk
        sampling.index supervision.index supervision.counties supervision.assessed
        supervision.assessment_file supervision.commended
    """,
    "region.watch": """
        monitoring.position supervision.county stations.assistant_figures
        supervision.assessed_county
    """,
    "target.set": "supervision.set_targets",
    "supervisor.assign": "supervision.assign",
    "assessment.weigh": "supervision.weights",
    "county.commend": "supervision.commend",
    "commendation.withdraw": "supervision.withdraw_commendation",
    "county.note": "supervision.note",
    "sample.read": "sampling.show",
    "sample.check": "sampling.check",
    "sample.answer": "sampling.answer",
    "assistant": """
        stations.desk stations.new_farmer stations.work stations.station_consents
        stations.consent_form stations.duplicates stations.undo_merge imports.new
    """,
    "consent.read": "stations.add_paper stations.consent_paper",
    "training.enter": "training.new",
    "training.read": "training.show training.certificates training.certificate",
    "training.manage": "training.edit training.add training.remove training.issue",
    "call.list": "calls.index",
    "call.read": "calls.show calls.opened",
    "call.record": "calls.reveal calls.record",
    "call.withdraw": "calls.withdraw",
    "call.figures": "calls.conversion calls.calls",
    "import.list": "imports.index imports.template_file",
    "import.manage": """
        imports.columns imports.start imports.undo imports.discard imports.failed
    """,
    "import.read": "imports.show",
    "offer.compose": "offers.new offers.add_photo",
    "party.represent": """
        stations.farmer stations.withdraw_consent stations.erase_farmer messages.new
        stations.consent stations.merge stations.keep_apart
        traders.own_certificates
    """,
    "enquiry.open": "messages.enquire",
    "enquiry.act": """
        messages.thread messages.quote messages.accept messages.decline messages.phone
        messages.report messages.block messages.unblock
    """,
    "enquiry_report.decide": "messages.decide",
    "complaint.answer": "traders.state",
    "complaint.withdraw": "traders.withdraw_complaint",
    "complaint.read": "traders.complaint traders.complaint_picture",
    "certificate.manage": "traders.remove_certificate",
    "certificate.read": "traders.certificate_picture",
    "rating.answer": "traders.answer_rating",
    "trader_case.decide": """
        traders.decide_dispute traders.decide_certificate traders.decide_complaint
    """,
    "question.own": "messages.more messages.close messages.seen",
    "question.read": "messages.show",
    "question.answer": "messages.answer",
    "notice.own": "notify.open_notice",
    "crosstab.own": "tables.saved_crosstab tables.delete_crosstab",
    "search.own": "search.look search.delete",
    "offer.read": """
        offers.show matching.index sharing.share sharing.qr sharing.poster sharing.offer_picture
    """,
    "offer.ask": "offers.ask",
    "public_question.answer": "offers.answer",
    "public_question.moderate": "offers.keep_question",
    "public_question.read": "offers.report_question",
    "public_question.withdraw": "offers.withdraw_question",
    "offer.manage": """
        messages.quotations messages.outcome
        offers.edit offers.publish offers.renew offers.close offers.change_price matching.see
    """,
    "offer.verify": """
        offers.verify offers.return offers.reject desk.verify_offer
        desk.return_offer desk.undo_offer desk.reveal_offer_phones
    """,
    "deal.propose": "deals.propose",
    "deal.read": "deals.show deals.proof_picture",
    "deal.review": "desk.review_deal",
    "offer.review": "desk.review_offer",
    "deal.act": """
        deals.agree deals.decline deals.cancel deals.dispute deals.settle deals.mend
        deals.agree_revision deals.decline_revision deals.proof deals.phone deals.change
        traders.rate
        deals.again deals.send_code deals.confirm_code deals.confirm_paper
    """,
    "deal.verify": """
        deals.verify deals.send_back desk.verify_deal desk.return_deal
        desk.undo_deal desk.reveal_deal_phones desk.show_unregistered_number desk.record_call
        desk.erase_unregistered
    """,
    "statement.submit": "statements.draft statements.request_override",
    "statement.read": "statements.show papers.print_statement",
    "statement.review": """
        statements.accept statements.return_ statements.decide
        statements.decide_override
    """,
    "statement.correct": "statements.correct",
    "statement.withdraw": "statements.withdraw",
    "fair.create": "fairs.new fairs.new_totals fairs.emergency",
    "fair.read": """
        sharing.fair_picture sharing.place_picture
        fairs.show tallies.region tallies.borders tallies.map_page tallies.counties
        tallies.products tallies.deals tallies.deal tallies.screen tallies.figures_json
        tables.index tables.table statements.published sheets.poster sheets.poster_pdf
    """,
    "fair.manage": """
        fairs.edit fairs.postpone fairs.merge
        fairs.extend fairs.close fairs.cancel fairs.clone fairs.new_session
        statements.publish statements.certify
    """,
    "fair.follow": "fairs.manage",
    "session.manage": "fairs.edit_session fairs.remove_session",
    "sheet.issue": "sheets.card sheets.remove_card",
    "sheet.print": "sheets.print_sheet",
    "sheet.manage": """
        sheets.work sheets.stack_file sheets.retry_stack sheets.village_list sheets.post
        sheets.posting_picture sheets.withdraw_posting
    """,
}
MEMBERS = set(ROLES) - {"visitor"}
OFFICIALS = {Role.COUNTY_OFFICIAL, Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL}
# Who passes a door that is about no object. Those about one are tested in their rooms.
PASS = {
    "anyone": set(ROLES),
    "member": MEMBERS,
    "offer.compose": set(ROLES),
    "administrator": {Role.ADMINISTRATOR},
    "official": OFFICIALS,
    "assistant": {Role.ASSISTANT},
    "training.enter": {Role.COUNTY_OFFICIAL},
    "call.list": {Role.ASSISTANT, Role.COUNTY_OFFICIAL},
    "call.figures": {Role.ASSISTANT, *OFFICIALS},
    "import.list": {Role.ASSISTANT, *OFFICIALS, Role.ADMINISTRATOR},
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
