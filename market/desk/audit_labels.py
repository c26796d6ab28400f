"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import OFFICIALS
from market.web.audit_registry import PermissionLabel, add_action_labels, add_permission_labels
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "official": PermissionLabel(_l("Work of the desk"), OFFICIALS),
    }
)
add_action_labels(
    {
        "desk.return_offer": _l("Return an offer"),
        "desk.return_deal": _l("Return a deal"),
        "desk.reveal_deal_phones": _l("Show the phone number"),
        "desk.reveal_offer_phones": _l("Show the phone number"),
        "desk.decide_chosen": _l("Decide about several"),
        "desk.undo_deal": _l("Take a verification back"),
        "desk.undo_offer": _l("Take a verification back"),
        "desk.show_unregistered_number": _l("Show the phone number"),
        "desk.record_call": _l("Write down a call to a side of the deal"),
        "desk.erase_unregistered": _l("Erase the side without an account"),
    },
    earlier={
        "desk.verify_deal": ("reports.desk_verify_deal",),
        "desk.return_deal": ("reports.desk_return_deal",),
        "desk.undo_deal": ("reports.desk_undo_deal",),
        "desk.verify_offer": ("reports.desk_verify_offer",),
        "desk.return_offer": ("reports.desk_return_offer",),
        "desk.reveal_deal_phones": ("reports.desk_deal_phones",),
        "desk.reveal_offer_phones": ("reports.desk_offer_phones",),
        "desk.decide_chosen": ("reports.decide_chosen",),
    },
)
