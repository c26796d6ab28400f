"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.offers.fields import COLUMN_FIELDS
from market.offers.labels import (
    BASES,
    OUTCOME_REASONS,
    OUTCOMES,
    SIDES,
    STATUSES,
    VERIFICATIONS,
)
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_owner_columns,
    add_permission_labels,
    add_value_labels,
    aggregate_root,
    column_labels,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "offer.compose": PermissionLabel(_l("Post an offer")),
        "party.represent": PermissionLabel(_l("Post an offer"), (Role.ASSISTANT,)),
        "offer.read": PermissionLabel(_l("Offer")),
        "offer.manage": PermissionLabel(_l("Change an offer"), (Role.ASSISTANT,)),
        "offer.verify": PermissionLabel(_l("Verify an offer"), (Role.COUNTY_OFFICIAL,)),
        "offer.ask": PermissionLabel(_l("Ask about a purchase")),
        "public_question.answer": PermissionLabel(_l("Answer about a purchase"), (Role.ASSISTANT,)),
        "public_question.withdraw": PermissionLabel(
            _l("Withdraw a public question"), (Role.COUNTY_OFFICIAL,)
        ),
        "public_question.read": PermissionLabel(_l("Public question")),
        "public_question.moderate": PermissionLabel(
            _l("Decide on a reported question"), (Role.COUNTY_OFFICIAL,)
        ),
    }
)
add_action_labels(
    {
        "offers.reveal": _l("Show the phone number"),
        "offers.publish": _l("Publish an offer"),
        "offers.renew": _l("Renew an offer"),
        "offers.close": _l("Close an offer"),
        "offers.change_price": _l("Change the price of an offer"),
        "offers.return": _l("Return an offer"),
        "offers.reject": _l("Reject an offer"),
        "offers.add_photo": _l("Add a photo to a form"),
        "offers.star": _l("Keep an offer on the shortlist"),
        "offers.unstar": _l("Take an offer off the shortlist"),
        "offers.ask": _l("Ask about a purchase"),
        "offers.answer": _l("Answer about a purchase"),
        "offers.withdraw_question": _l("Withdraw a public question"),
        "offers.report_question": _l("Report a public question"),
        "offers.keep_question": _l("Leave a reported question as it is"),
        "offers tidy-photos": _l("Delete photos nobody uses"),
    },
)
add_object_labels(
    {
        "offer_photos": _l("Photo"),
        "offers": _l("Offer"),
        "public_questions": _l("Public question"),
        "request_outcomes": _l("Outcome of a request"),
    }
)
add_column_labels(
    {
        # Lower rooms have registered the columns they share: product, region, unit.
        **{f.column: f.column_label for f in COLUMN_FIELDS if f.column not in column_labels},
        "answer": _l("Answer of the other side"),
        "answered_at": _l("Answered on"),
        "asked_at": _l("Asked"),
        "asker_id": _l("Asked by"),
        "by_id": _l("Written by"),
        "consent_id": _l("Consent"),
        "height": _l("Height"),
        "offer_id": _l("Offer"),
        "owner_id": _l("Owner"),
        "position": _l("Order"),
        "posted_by_id": _l("Posted by"),
        "price_per_base": _l("Price for each base unit (CNY)"),
        "published_at": _l("Published"),
        "quotations": _l("Sellers who have quoted"),
        "remaining": _l("Remaining"),
        "reported_at": _l("Reported"),
        "reported_by_id": _l("Reported by"),
        "result": _l("Result"),
        "sha256": _l("SHA-256"),
        "status": _l("State"),
        "status_reason": _l("Reason"),
        "valid_until": _l("Up until"),
        "verification": _l("Verification"),
        "verification_reason": _l("Reason"),
        "verified_at": _l("Verified on"),
        "verified_by_id": _l("Verified by"),
        "width": _l("Width"),
    }
)
not_audited(
    {
        "offer_views": "counted from requests, of nobody in particular",
        "offer_changes": "outbox of the search index",
        "shortlist_entries": "what somebody keeps an eye on is nobody else's business",
        "offer_publications": "written with each publication of an offer, which is recorded",
    }
)
aggregate_root("offers", "offer_id")
add_owner_columns("owner_id", "asker_id")
add_value_labels("request_outcomes", {"result": OUTCOMES, "reason": OUTCOME_REASONS})
add_value_labels(
    "offers",
    {
        "side": SIDES,
        "status": STATUSES,
        "verification": VERIFICATIONS,
        "price_basis": BASES,
    },
)
