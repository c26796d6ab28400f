"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.labels import LANGUAGES, ROLES, TRADER_TYPES
from market.accounts.models import Role
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
    aggregate_root,
    audit_commands_on,
    hide_columns,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "anyone": PermissionLabel(_l("Own account")),
        "member": PermissionLabel(_l("Own account")),
        "account.help": PermissionLabel(
            _l("Help with logging in"), (Role.COUNTY_OFFICIAL, Role.ADMINISTRATOR)
        ),
        "account_session.end": PermissionLabel(_l("Own account")),
        "administrator": PermissionLabel(_l("Administration"), (Role.ADMINISTRATOR,)),
    }
)
add_action_labels(
    {
        "accounts.edit": _l("Edit profile"),
        "accounts.password": _l("Change password"),
        "accounts.new_password": _l("Change password"),
        "accounts.reset": _l("Change password"),
        "accounts.phone": _l("Change phone number"),
        "accounts.erase": _l("Erase my account"),
        "accounts.agree": _l("Agree to the terms"),
        "accounts.prove_phone": _l("Change phone number"),
        "accounts.second_factor": _l("Set up the second factor"),
        "accounts.recovery_codes": _l("New recovery codes"),
        "accounts.remove_second_factor": _l("Take the second factor away"),
        "accounts.reset_second_factor": _l("Take the second factor away"),
        "accounts reset-second-factor": _l("Take the second factor away"),
        "accounts.one_time_password": _l("Set a one-time password"),
        "accounts.change_phone": _l("Change phone number"),
        "accounts one-time-password": _l("Set a one-time password"),
        "accounts.admin_phone": _l("Show the phone number"),
        "accounts.create": _l("Make an account"),
        "accounts.office": _l("Change the office"),
        "accounts.grant": _l("Give a role"),
        "accounts.revoke": _l("Take a role back"),
        "accounts.disable": _l("Close an account"),
        "accounts.enable": _l("Open an account again"),
        "accounts create-administrator": _l("Make an administrator"),
    },
)
add_object_labels(
    {
        "accounts": _l("Account"),
        "consents": _l("Consent"),
        "grants": _l("Role"),
        "one_time_passwords": _l("One-time password"),
        "phone_reveals": _l("Phone number shown"),
        "second_factors": _l("Second factor"),
    }
)
add_column_labels(
    {
        "account_id": _l("Account"),
        "assistant_id": _l("Station assistant"),
        "at": _l("When"),
        "confirmed_at": _l("Since"),
        "disabled_at": _l("Closed since"),
        "disabled_reason": _l("Why it was closed"),
        "office": _l("Office"),
        "expires_at": _l("Ends"),
        "farmer_id": _l("Farmer"),
        "given_at": _l("Consent given"),
        "granted_at": _l("Since"),
        "granted_by_id": _l("Given by"),
        "has_large_text": _l("Large text"),
        "how": _l("How"),
        "is_demonstration": _l("Demonstration account"),
        "issued_at": _l("Set"),
        "issued_by_id": _l("Set by"),
        "language": _l("Language"),
        "last_step": _l("Last code"),
        "name_skeleton": _l("Shape of the name"),
        "page": _l("Page"),
        "password_hash": _l("Password"),
        "phone": _l("Phone"),
        "township_code": _l("Town or township"),
        "village": _l("Village"),
        "represented_by_id": _l("Represented by"),
        "role": _l("Role"),
        "seed": _l("Seed of the secret"),
        "trader_type": _l("Trader type"),
        "viewer_id": _l("Shown to"),
        "withdrawn_at": _l("Withdrawn on"),
    }
)
not_audited(
    {
        "erasures": "what the worker still has to do for one who erased their account",
        "blocks": "whom somebody wants nothing to do with is nobody else's business",
        "account_sessions": "logging in and out, which is everybody's own",
        "account_logins": "itself a record of logging in",
        "phone_changes": "a person's own wish; the change itself is recorded",
        "phone_codes": "codes on their way; what they are used for is recorded",
        "recovery_codes": "hashes of codes; that new ones were made is recorded",
        "terms_consents": "everybody's own",
    }
)
aggregate_root("accounts", "farmer_id", "account_id")
audit_commands_on("accounts")
hide_columns("accounts", "name", "name_skeleton", "phone")
hide_columns("second_factors", "seed", "last_step")
add_value_labels("accounts", {"trader_type": TRADER_TYPES, "language": LANGUAGES})
add_value_labels("grants", {"role": ROLES})
