"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.deals.labels import CALL_OUTCOMES, CHANNELS, EVIDENCE_LABELS, STATUSES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_owner_columns,
    add_permission_labels,
    add_region_column,
    add_value_labels,
    aggregate_root,
    hide_columns,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "deal.propose": PermissionLabel(_l("Propose a deal"), (Role.ASSISTANT,)),
        "deal.act": PermissionLabel(_l("Step of a deal"), (Role.ASSISTANT,)),
        "deal.verify": PermissionLabel(_l("Verify a deal"), (Role.COUNTY_OFFICIAL,)),
    }
)
add_action_labels(
    {
        "deals.agree": _l("Agree to a deal"),
        "deals.decline": _l("Decline a deal"),
        "deals.cancel": _l("Cancel a deal"),
        "deals.dispute": _l("Dispute a deal"),
        "deals.settle": _l("Settle a dispute"),
        "deals.mend": _l("Mend a returned deal"),
        "deals.agree_revision": _l("Agree to other figures"),
        "deals.decline_revision": _l("Decline other figures"),
        "deals.proof": _l("Add a proof"),
        "deals.change": _l("Answer with other terms"),
        "deals.again": _l("Propose a deal again"),
        "deals.record": _l("Write down a deal"),
        "deals.send_code": _l("Send a code"),
        "deals.confirm_code": _l("Confirm a deal with a code"),
        "deals.confirm_paper": _l("Confirm a deal with a signed paper"),
        "deals.phone": _l("Show the phone number"),
        "deals.send_back": _l("Return a deal"),
        "ledger verify": _l("Check the ledger"),
        "ledger head": _l("Look at the ledger's last entry"),
    },
)
add_object_labels(
    {
        "deal_call_backs": _l("Call to a side of the deal"),
        "deal_proofs": _l("Proof"),
        "deal_revisions": _l("Other figures of a deal"),
        "deals": _l("Deal"),
        "unregistered_parties": _l("Side without an account"),
    }
)
add_column_labels(
    {
        "agreed_by_id": _l("Agreed by"),
        "agreed_on": _l("Agreed on"),
        "amount_fen": _l("Amount (CNY)"),
        "amount_reason": _l("Why the amount differs"),
        "answered_by_id": _l("Answered by"),
        "before_agreed_on": _l("Day of agreement before"),
        "before_amount_fen": _l("Amount before (fen)"),
        "before_quantity": _l("Quantity before"),
        "before_unit": _l("Unit before"),
        "before_unit_price": _l("Unit price before"),
        "basis": _l("Where the price holds"),
        "buyer_id": _l("Bought by"),
        "buyer_offer_id": _l("Buyer's offer"),
        "buyer_region_code": _l("Buyer's county"),
        "called_at": _l("Called on"),
        "called_back_at": _l("Called back on"),
        "called_back_by_id": _l("Called back by"),
        "by_side": _l("Written by the side"),
        "channel": _l("Fair or daily"),
        "code_hash": _l("Code from the message"),
        "code_sent_at": _l("Code sent on"),
        "county_verified_at": _l("Verified for the county on"),
        "county_verified_by_id": _l("Verified for the county by whom"),
        "dated_on": _l("Agreed on the earlier day"),
        "day_reason": _l("Why it was entered later"),
        "deal_id": _l("Deal"),
        "erased_at": _l("Erased on"),
        "evidence": _l("What the other side confirmed with"),
        "follows_id": _l("Answers or repeats the deal"),
        "home_region_code": _l("Counted in"),
        "proposed_by_id": _l("Proposed by"),
        "proposed_side": _l("Proposed by which side"),
        "outcome": _l("What came of the call"),
        "reserved": _l("Reserved"),
        "call_answer": _l("What was said"),
        "seller_id": _l("Sold by"),
        "seller_offer_id": _l("Seller's offer"),
        "seller_region_code": _l("Seller's county"),
        "shown_at": _l("Number shown on"),
        "unit_price": _l("Unit price (CNY)"),
        "unregistered_id": _l("Side without an account"),
        "uploaded_by_id": _l("Uploaded by"),
    }
)
not_audited(
    {
        "deal_events": "written with each step of a deal, which is recorded",
        "ledger": "append-only itself, written with each verification, which is recorded",
    }
)
hide_columns("unregistered_parties", "name", "phone", "code_hash")
aggregate_root("deals", "deal_id")
add_region_column("home_region_code")
add_owner_columns("seller_id", "buyer_id")
add_value_labels("deals", {"status": STATUSES, "channel": CHANNELS, "evidence": EVIDENCE_LABELS})
add_value_labels("deal_call_backs", {"outcome": CALL_OUTCOMES})
