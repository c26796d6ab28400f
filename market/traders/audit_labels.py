"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.traders.labels import (
    CERTIFICATE_DECISIONS,
    CERTIFICATE_KINDS,
    COMPLAINT_DECISIONS,
    COMPLAINT_KINDS,
    DISPUTE_DECISIONS,
)
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "rating.answer": PermissionLabel(_l("Answer a rating"), (Role.ASSISTANT,)),
        "complaint.answer": PermissionLabel(_l("Answer a complaint"), (Role.ASSISTANT,)),
        "complaint.withdraw": PermissionLabel(_l("Withdraw a complaint"), (Role.ASSISTANT,)),
        "complaint.read": PermissionLabel(_l("Read a complaint"), (Role.COUNTY_OFFICIAL,)),
        "certificate.manage": PermissionLabel(_l("Keep certificates"), (Role.ASSISTANT,)),
        "certificate.read": PermissionLabel(_l("See a certificate"), (Role.COUNTY_OFFICIAL,)),
        "trader_case.decide": PermissionLabel(
            _l("Decide what concerns a trader"), (Role.COUNTY_OFFICIAL,)
        ),
    }
)
add_action_labels(
    {
        "traders.rate": _l("Rate the other side"),
        "traders.dispute": _l("Dispute a rating"),
        "traders.dispute_deals": _l("Dispute the figures of deals"),
        "traders.dispute_certificate": _l("Dispute a certificate"),
        "traders.own_certificates": _l("Enter a certificate"),
        "traders.remove_certificate": _l("Remove a certificate"),
        "traders.decide_certificate": _l("Check a certificate"),
        "traders.complain": _l("Complain to the county"),
        "traders.decide_complaint": _l("Decide a complaint"),
        "traders.decide_dispute": _l("Decide a disputed line"),
    }
)
add_object_labels(
    {
        "trader_certificates": _l("Certificate"),
        "complaints": _l("Complaint"),
        "complaint_photos": _l("Photo"),
        "trader_ratings": _l("Rating"),
        "trader_disputes": _l("Disputed line"),
    }
)
add_column_labels(
    {
        "accused_id": _l("Who is accused"),
        "complainant_id": _l("Who complains"),
        "complaint_id": _l("Complaint"),
        "due_on": _l("To be decided by"),
        "stated_at": _l("Heard on"),
        "statement": _l("What the accused say"),
        "certificate_id": _l("Certificate"),
        "entered_by_id": _l("Entered by"),
        "issued_by": _l("Issued by"),
        "is_hidden": _l("Taken off the page"),
        "rated_id": _l("Who is rated"),
        "rater_id": _l("Who rates"),
        "rating_id": _l("Rating"),
        "stars": _l("Stars"),
        "trader_id": _l("Trader"),
    }
)
add_value_labels(
    "trader_certificates", {"decision": CERTIFICATE_DECISIONS, "kind": CERTIFICATE_KINDS}
)
add_value_labels("complaints", {"decision": COMPLAINT_DECISIONS, "kind": COMPLAINT_KINDS})
add_value_labels("trader_disputes", {"decision": DISPUTE_DECISIONS})
