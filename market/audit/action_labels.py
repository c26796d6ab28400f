"""What was done in an act, in words. The rooms register the words of what is theirs."""

from __future__ import annotations

from flask_babel.speaklater import LazyString

from market.accounts.models import Role
from market.web.audit_registry import action_labels, current_names, permission_labels
from market.web.language import gettext as _


def action_label(permission: str, endpoint: str) -> str | LazyString:
    """What was done, in words.

    Args:
        endpoint: of the route, or the words of the command, as it was called at the time.
    """
    name = current_names.get(endpoint, endpoint)
    if name in action_labels:
        return action_labels[name]
    if permission in permission_labels:
        return permission_labels[permission].label
    return _("Command “%(name)s”", name=endpoint)


def permission_label(permission: str) -> str | LazyString:
    """What a permission lets one do, in words; empty for none."""
    return permission_labels[permission].label if permission in permission_labels else ""


def roles_giving(permission: str) -> tuple[Role, ...]:
    """The roles that give the permission; empty where everybody may, or it is not known."""
    known = permission_labels.get(permission)
    return known.roles if known else ()


def names_by_label() -> dict[str, list[str]]:
    """Permissions, endpoints and commands, former names too, by the words for them."""
    found: dict[str, list[str]] = {}
    for permission, known in permission_labels.items():
        found.setdefault(str(known.label), []).append(permission)
    for name, label in action_labels.items():
        found.setdefault(str(label), []).append(name)
    for former, name in current_names.items():
        if name in action_labels:
            found[str(action_labels[name])].append(former)
    return found
