"""What of the monitoring awaits an official, for their desk's first page."""

from __future__ import annotations

from flask import url_for

from market.accounts.models import Account
from market.monitoring.activity import activity_rows
from market.monitoring.queries import findings, scope
from market.monitoring.rules import Kind, Level
from market.web.desk_registry import Backlog, DeskTab, add_backlog, tabs
from market.web.language import lazy_gettext as _l

LABELS = {Kind.GLUT: _l("Gluts, alert"), Kind.SHORTAGE: _l("Shortages, alert")}


def awaiting(account: Account) -> list[Backlog]:
    """Alerts of gluts and of shortages and the counties that sleep, inside the account's
    regions; of at most ten minutes ago."""
    paths = scope(account)
    counts = findings(paths, lately=True).counts
    rows, _ = activity_rows(paths, lately=True)
    asleep = sum(row.level is Level.ALERT for row in rows)
    return [
        *(
            Backlog(
                label,
                counts.get((kind, Level.ALERT), 0),
                url_for("monitoring.market", kind=kind.value, level=Level.ALERT.value),
            )
            for kind, label in LABELS.items()
        ),
        Backlog(_l("Counties asleep"), asleep, url_for("monitoring.activity")),
    ]


add_backlog(20, awaiting)
tabs.append(
    DeskTab(
        70,
        _l("Monitoring"),
        "monitoring.market",
        also=["monitoring.prices", "monitoring.product", "monitoring.activity"],
    )
)
