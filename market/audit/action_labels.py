"""What each permission lets one do, in words, and the roles that give it.

Every permission that a changing route asks for stands here; a convention test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from market.accounts.models import OFFICIALS, Role
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class ActionLabel:
    """
    Attributes:
        label: what is done.
        roles: those that give the permission; empty where everybody may.
    """

    label: Any
    roles: tuple[Role, ...] = ()


ADMINISTRATOR = (Role.ADMINISTRATOR,)
ASSISTANT = (Role.ASSISTANT,)
COUNTY = (Role.COUNTY_OFFICIAL,)
PROVINCE = (Role.PROVINCE_OFFICIAL,)

DOINGS: dict[str, ActionLabel] = {
    "anyone": ActionLabel(_l("Own account")),
    "member": ActionLabel(_l("Own account")),
    "account.help": ActionLabel(_l("Help with logging in"), (*COUNTY, *ADMINISTRATOR)),
    "account_session.end": ActionLabel(_l("Own account")),
    "search.own": ActionLabel(_l("Saved searches")),
    "administrator": ActionLabel(_l("Administration"), ADMINISTRATOR),
    "assistant": ActionLabel(_l("Work of the station"), ASSISTANT),
    "official": ActionLabel(_l("Work of the desk"), OFFICIALS),
    "party.represent": ActionLabel(_l("Post an offer"), ASSISTANT),
    "offer.read": ActionLabel(_l("Offer")),
    "offer.manage": ActionLabel(_l("Change an offer"), ASSISTANT),
    "offer.verify": ActionLabel(_l("Verify an offer"), COUNTY),
    "deal.propose": ActionLabel(_l("Propose a deal"), ASSISTANT),
    "deal.act": ActionLabel(_l("Step of a deal"), ASSISTANT),
    "deal.verify": ActionLabel(_l("Verify a deal"), COUNTY),
    "question.own": ActionLabel(_l("Ask the county office"), ASSISTANT),
    "question.answer": ActionLabel(_l("Answer a question"), COUNTY),
    "fair.create": ActionLabel(_l("Announce a fair"), PROVINCE),
    "fair.manage": ActionLabel(_l("Change a fair"), PROVINCE),
    "session.manage": ActionLabel(_l("Edit the session"), PROVINCE),
    "statement.read": ActionLabel(_l("Ask for a document"), OFFICIALS),
    "statement.submit": ActionLabel(_l("Submit a statement"), OFFICIALS),
    "statement.review": ActionLabel(_l("Review a statement"), OFFICIALS),
    "statement.correct": ActionLabel(_l("File a correction"), OFFICIALS),
    "document.manage": ActionLabel(_l("Publish a document"), OFFICIALS),
}

# Where one permission is for several things to do: each by its endpoint, or its command.
ENDPOINTS: dict[str, Any] = {
    "accounts.edit": _l("Edit profile"),
    "accounts.password": _l("Change password"),
    "accounts.new_password": _l("Change password"),
    "accounts.phone": _l("Change phone number"),
    "accounts.erase": _l("Erase my account"),
    "accounts.one_time_password": _l("Set a one-time password"),
    "accounts.change_phone": _l("Change phone number"),
    "accounts one-time-password": _l("Set a one-time password"),
    "accounts.admin_phone": _l("Show the phone number"),
    "accounts.grant": _l("Give a role"),
    "accounts.revoke": _l("Take a role back"),
    "accounts.disable": _l("Close an account"),
    "accounts.enable": _l("Open an account again"),
    "accounts create-administrator": _l("Make an administrator"),
    "offers.reveal": _l("Show the phone number"),
    "offers.publish": _l("Publish an offer"),
    "offers.renew": _l("Renew an offer"),
    "offers.close": _l("Close an offer"),
    "offers.withdraw": _l("Withdraw an offer"),
    "offers.return": _l("Return an offer"),
    "offers.reject": _l("Reject an offer"),
    "desk.return_offer": _l("Return an offer"),
    "deals.agree": _l("Agree to a deal"),
    "deals.decline": _l("Decline a deal"),
    "deals.cancel": _l("Cancel a deal"),
    "deals.dispute": _l("Dispute a deal"),
    "deals.settle": _l("Settle a dispute"),
    "deals.mend": _l("Mend a returned deal"),
    "deals.agree_revision": _l("Agree to other figures"),
    "deals.decline_revision": _l("Decline other figures"),
    "deals.proof": _l("Add a proof"),
    "deals.phone": _l("Show the phone number"),
    "deals.send_back": _l("Return a deal"),
    "desk.return_deal": _l("Return a deal"),
    "desk.reveal_deal_phones": _l("Show the phone number"),
    "desk.reveal_offer_phones": _l("Show the phone number"),
    "messages.new": _l("Ask the county office"),
    "messages.close": _l("Close a question"),
    "messages.seen": _l("Read an answer"),
    "fairs.extend": _l("Extend the fair"),
    "fairs.close": _l("Close the fair early"),
    "fairs.cancel": _l("Cancel the fair"),
    "fairs.clone": _l("Announce the next edition"),
    "fairs.emergency": _l("Emergency fair"),
    "fairs.new_session": _l("Add a session"),
    "fairs.remove_session": _l("Take a session out"),
    "desk.decide_chosen": _l("Decide about several"),
    "papers.print_statement": _l("Print the statement"),
    "statements.submit_all": _l("Submit a statement"),
    "statements.accept_all": _l("Accept a statement"),
    "statements.accept": _l("Accept a statement"),
    "statements.return_": _l("Return a statement"),
    "statements.decide": _l("Decide about a correction"),
    "statements.remind": _l("Remind of a statement"),
    "statements.publish": _l("Publish a fair's table"),
    "statements.certify": _l("Certify a fair"),
    "papers.desk": _l("Ask for a document"),
    "papers.retry": _l("Try a document again"),
    "papers.publish": _l("Publish a document"),
    "fairs.new_totals": _l("Enter an earlier fair's totals"),
    "stations.new_farmer": _l("Register a farmer"),
    "stations.withdraw_consent": _l("End a farmer's representation"),
    "stations.erase_farmer": _l("Erase a farmer"),
    "desk.undo_deal": _l("Take a verification back"),
    # Commands, by their words.
    "init": _l("Load reference data"),
    "reindex": _l("Build the search anew"),
    "calendar status": _l("Look at the clock"),
    "calendar confirm": _l("Confirm the clock"),
    "calendar undo": _l("Undo what a wrong clock did"),
    "papers make": _l("Make the documents that wait"),
    "fair turn": _l("Open and close fairs"),
    "fair enrol": _l("Enter offers in a fair"),
    "tallies recount": _l("Count a fair anew"),
    "ledger verify": _l("Check the ledger"),
    "ledger head": _l("Look at the ledger's last entry"),
    "offers tidy-photos": _l("Delete photos nobody uses"),
    "products check": _l("Check the products"),
    "regions check": _l("Check the regions"),
    "search status": _l("Look at the search"),
    "search query": _l("Try a search"),
    "search understand": _l("Try how a search is understood"),
}


def action_label_of(permission: str, endpoint: str) -> Any:
    """What was done, in words; of a command that is gone, that it was one."""
    if endpoint in ENDPOINTS:
        return ENDPOINTS[endpoint]
    if permission in DOINGS:
        return DOINGS[permission].label
    return _("Command “%(name)s”", name=endpoint)


def permission_word(permission: str) -> Any:
    """What a permission lets one do, in words; empty for none."""
    return DOINGS[permission].label if permission in DOINGS else ""


def roles_giving(permission: str) -> tuple[Role, ...]:
    """The roles that give the permission; empty where everybody may, or it is not known."""
    known = DOINGS.get(permission)
    return known.roles if known else ()
